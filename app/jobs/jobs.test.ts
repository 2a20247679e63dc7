import { pino } from "pino";
import { afterAll, afterEach, beforeEach, expect, inject, it } from "vitest";
import { z } from "zod";
import { databaseConfig, freshDatabase, sql } from "../../test/support/database.ts";
import { until } from "../../test/support/wait.ts";
import { addJob, cancelJob, extendLeases, jobStats, leaseJobs, purgeJobs } from "../database/jobs.ts";
import { createDatabase, type Database } from "../database/pool.ts";
import { createMetrics } from "../metrics.ts";
import { anonymise } from "./anonymise.ts";
import { inactive } from "./inactive.ts";
import { Hopeless, jobKind, type AnyJobKind } from "./job.ts";
import { runJobs } from "./runner.ts";
import { lastSlot, makeDueJobs } from "./schedule.ts";

const port = inject("servers").postgres;
const log = pino({ level: "silent" });
let name: string;
let database: Database;
const open: Database[] = [];
const stops: (() => Promise<void>)[] = [];

beforeEach(async () => {
  name = await freshDatabase(port);
  database = createDatabase(databaseConfig(port, name), createMetrics("test"), log);
  open.push(database);
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
afterAll(async () => {
  for (const one of open) await one.close();
});

const payload = z.object({ n: z.number() });

/** A worker; the answer stops it. */
function work(...kinds: AnyJobKind[]): () => Promise<void> {
  const stopping = new AbortController();
  const sent: number[] = [];
  const running = runJobs({
    database,
    api: {
      call: () => Promise.reject(new Error("none of these jobs calls the Bot API")),
      upload: () => Promise.reject(new Error("none of these jobs calls the Bot API")),
      fileUrl: () => undefined,
      close: () => undefined,
    },
    mentor: undefined,
    sender: {
      send: () => Promise.resolve(),
      sendWaiting: (chat) => Promise.resolve(void sent.push(chat)),
    },
    kinds,
    metrics: createMetrics("test"),
    log,
    signal: stopping.signal,
  });
  const stop = async (): Promise<void> => {
    stopping.abort();
    await running;
  };
  stops.push(stop);
  return stop;
}

const ended = (count: number): Promise<unknown> =>
  until(`${count} jobs have ended`, async () => {
    const [row] = await sql(port, name, "SELECT count(*)::int AS n FROM jobs WHERE ended_at IS NOT NULL");
    return row?.["n"] === count;
  });

const defaults = { payload, attempts: 3, limitSeconds: 10, parallel: 2 };

it("does a job once, and its effects and messages are committed with its end", async () => {
  await sql(port, name, "CREATE TABLE effects (n int)");
  const kind = jobKind({
    ...defaults,
    kind: "add",
    run: ({ payload: { n }, userId }) =>
      Promise.resolve(async (tx) => {
        await tx.query("user_update", "INSERT INTO effects VALUES ($1)", [n]);
        return [{ chatId: userId ?? 0, method: "sendMessage", payload: "{}" }];
      }),
  });
  const workers = [work(kind), work(kind), work(kind)];
  for (let n = 0; n < 20; n += 1) await addJob(database.query, { kind: "add", payload: { n }, userId: 7 });
  await ended(20);
  await Promise.all(workers.map((stop) => stop()));
  const rows = await sql(port, name, "SELECT n FROM effects ORDER BY n");
  expect(rows.map((row) => row["n"])).toEqual(Array.from({ length: 20 }, (_, n) => n));
  expect(await sql(port, name, "SELECT DISTINCT outcome, attempts FROM jobs")).toEqual([
    { outcome: "done", attempts: 1 },
  ]);
  expect(await sql(port, name, "SELECT count(*)::int AS n FROM outbox WHERE chat_id = 7")).toEqual([
    { n: 20 },
  ]);
});

it("tries a failed job again, and says goodbye when the last try has failed", async () => {
  let tries = 0;
  const kind = jobKind({
    ...defaults,
    kind: "fail",
    attempts: 2,
    run: () => {
      tries += 1;
      return Promise.reject(new Error("no network"));
    },
    gaveUp:
      ({ userId }) =>
      () =>
        Promise.resolve([{ chatId: userId ?? 0, method: "sendMessage", payload: '{"text": "sorry"}' }]),
  });
  work(kind);
  await addJob(database.query, { kind: "fail", payload: { n: 1 }, userId: 9 });
  await until("the first try has failed", async () => {
    const [row] = await sql(port, name, "SELECT error, run_at > now() AS later FROM jobs");
    return row?.["error"] === "Error: no network" && row["later"] === true;
  });
  await sql(port, name, "UPDATE jobs SET run_at = now()");
  await ended(1);
  expect(tries).toBe(2);
  expect(await sql(port, name, "SELECT outcome, attempts, error FROM jobs")).toEqual([
    { outcome: "failed", attempts: 2, error: "Error: no network" },
  ]);
  expect(await sql(port, name, "SELECT chat_id FROM outbox")).toEqual([{ chat_id: "9" }]);
});

it("does not try again what is hopeless: a wrong payload, or what the job says is", async () => {
  const kind = jobKind({
    ...defaults,
    kind: "hopeless",
    run: () => Promise.reject(new Hopeless("not a CSV")),
  });
  work(kind);
  await addJob(database.query, { kind: "hopeless", payload: { n: 1 } });
  await addJob(database.query, { kind: "hopeless", payload: { n: "one" } });
  await ended(2);
  const rows = await sql(port, name, "SELECT outcome, attempts, error FROM jobs ORDER BY id");
  expect(rows.map(({ outcome, attempts }) => [outcome, attempts])).toEqual([
    ["failed", 1],
    ["failed", 1],
  ]);
  expect(String(rows[1]?.["error"])).toMatch(/the payload is none of this kind/);
});

it("gives the job of a dead worker to another one, and the dead one's effects come to nothing", async () => {
  await addJob(database.query, { kind: "add", payload: { n: 1 } });
  const [dead] = await leaseJobs(database, new Map([["add", 1]]));
  expect(await leaseJobs(database, new Map([["add", 1]]))).toEqual([]);
  await sql(port, name, "UPDATE jobs SET leased_until = now() - interval '1 second'");
  const [alive] = await leaseJobs(database, new Map([["add", 1]]));
  expect(alive).toMatchObject({ id: dead?.id, attempts: 2 });
  expect(await extendLeases(database, [dead?.lease ?? "", alive?.lease ?? ""])).toEqual(
    new Set([alive?.lease]),
  );
});

it("rolls the effects back of a job that somebody else has by now", async () => {
  await sql(port, name, "CREATE TABLE effects (n int)");
  const kind = jobKind({
    ...defaults,
    kind: "add",
    run: async ({ payload: { n } }) => {
      await sql(port, name, "UPDATE jobs SET lease = gen_random_uuid()");
      return async (tx) => {
        await tx.query("user_update", "INSERT INTO effects VALUES ($1)", [n]);
        return [];
      };
    },
  });
  const stop = work(kind);
  await addJob(database.query, { kind: "add", payload: { n: 1 } });
  await until("the job was tried", async () => {
    const [row] = await sql(port, name, "SELECT attempts, leased_until > now() AS held FROM jobs");
    return row?.["attempts"] === 1 && row["held"] === true;
  });
  await stop();
  expect(await sql(port, name, "SELECT n FROM effects")).toEqual([]);
});

it("ends a job that takes too long", async () => {
  const kind = jobKind({
    ...defaults,
    kind: "slow",
    attempts: 1,
    limitSeconds: 0.2,
    run: ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("stopped")))),
  });
  work(kind);
  await addJob(database.query, { kind: "slow", payload: { n: 1 } });
  await ended(1);
  expect(await sql(port, name, "SELECT outcome FROM jobs")).toEqual([{ outcome: "failed" }]);
});

it("cancels a job that waits, and nobody does it", async () => {
  const id = await addJob(database.query, { kind: "add", payload: { n: 1 }, userId: 7 });
  const { tx } = await database.begin(undefined, []);
  expect(await cancelJob(tx, id ?? 0, 8)).toBe(false);
  expect(await cancelJob(tx, id ?? 0, 7)).toBe(true);
  await tx.commit();
  expect(await leaseJobs(database, new Map([["add", 1]]))).toEqual([]);
});

it("leases the jobs of one kind for one person one after the other", async () => {
  const first = await addJob(database.query, { kind: "add", userId: 7 });
  await addJob(database.query, { kind: "add", userId: 7 });
  const others = await addJob(database.query, { kind: "add", userId: 8 });
  const free = new Map([["add", 5]]);
  const leased = await leaseJobs(database, free);
  expect(leased.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual([first, others]);
  expect(await leaseJobs(database, free)).toEqual([]);
  await sql(port, name, `UPDATE jobs SET ended_at = now(), outcome = 'done' WHERE id = ${first ?? 0}`);
  expect(await leaseJobs(database, free)).toHaveLength(1);
});

it("counts what waits, by kind", async () => {
  await addJob(database.query, { kind: "add" });
  await addJob(database.query, { kind: "add", delaySeconds: 60 });
  await sql(port, name, "UPDATE jobs SET run_at = run_at - interval '30 seconds'");
  const stats = await jobStats(database, ["add", "none"]);
  const [add, none] = stats.toSorted((a, b) => a.kind.localeCompare(b.kind));
  expect(add?.waiting).toBe(1);
  expect(add?.oldest).toBeGreaterThanOrEqual(30);
  expect(none).toEqual({ kind: "none", waiting: 0, oldest: 0 });
});

it("counts the job of a dead worker as waiting once its lease is over, and none that is being done", async () => {
  for (let n = 0; n < 2; n += 1) await addJob(database.query, { kind: "add" });
  const [dead] = await leaseJobs(database, new Map([["add", 2]]));
  await sql(port, name, `UPDATE jobs SET leased_until = now() - interval '1 second' WHERE id = ${dead?.id}`);
  expect(await jobStats(database, ["add"])).toMatchObject([{ kind: "add", waiting: 1 }]);
});

it("makes one job of each slot, whoever asks and however often, and of the last missed one", async () => {
  const schedules = [{ kind: "tidy", cron: "10 * * * *" }];
  const at = (time: string): Promise<void> => makeDueJobs(database, schedules, new Date(time), new Map());
  await Promise.all([at("2026-05-01T10:10:00Z"), at("2026-05-01T10:59:59Z"), at("2026-05-01T10:30:00Z")]);
  // Nobody asked for three hours.
  await at("2026-05-01T14:00:00Z");
  const rows = await sql(port, name, "SELECT key FROM jobs ORDER BY id");
  expect(rows.map((row) => row["key"])).toEqual([
    "tidy@2026-05-01T10:10:00.000Z",
    "tidy@2026-05-01T13:10:00.000Z",
  ]);
  expect(lastSlot({ kind: "x", cron: "0 3 * * *" }, new Date("2026-05-01T02:59:59Z"))).toEqual(
    new Date("2026-04-30T03:00:00Z"),
  );
});

it("forgets ended jobs after a week, but never the last of a kind, which holds the key of its slot", async () => {
  for (const key of ["a", "b"]) await addJob(database.query, { kind: "tidy", key });
  await sql(port, name, "UPDATE jobs SET ended_at = now() - interval '8 days', outcome = 'done'");
  expect(await purgeJobs(database)).toBe(1);
  expect(await sql(port, name, "SELECT key FROM jobs")).toEqual([{ key: "b" }]);
});

it("ends the search of people who were away for 30 days, and tells those that it can reach", async () => {
  await sql(
    port,
    name,
    `INSERT INTO users (id, is_searching, last_active, language, blocked_at) VALUES
       (1, true, now() - interval '31 days', 'ru', NULL), (2, true, now() - interval '29 days', 'en', NULL),
       (3, true, now() - interval '31 days', 'en', now()), (4, false, now() - interval '31 days', 'en', NULL),
       (5, true, now() - interval '31 days', 'en', NULL)`,
    "UPDATE users SET notifications = false WHERE id = 5",
  );
  work(inactive);
  await addJob(database.query, { kind: "inactive" });
  await ended(1);
  expect(await sql(port, name, "SELECT id FROM users WHERE is_searching")).toEqual([{ id: "2" }]);
  const calls = await sql(port, name, "SELECT chat_id, payload->>'text' AS text FROM outbox");
  expect(calls).toEqual([{ chat_id: "1", text: expect.stringContaining("30 дней") as unknown }]);
});

it("forgets people 30 days after they deleted their profile, all but the id", async () => {
  await sql(
    port,
    name,
    `INSERT INTO users (id, name, username, about, skills, city, user_type, deleted_at) VALUES
       (1, 'Ada', 'ada', 'x', '{rust}', 'Riga', 'team', now() - interval '31 days'),
       (2, 'Grace', 'grace', 'x', '{go}', 'Riga', 'team', now() - interval '29 days')`,
  );
  work(anonymise);
  await addJob(database.query, { kind: "anonymise" });
  await ended(1);
  const columns = "id, name, username, about, skills, city, user_type";
  expect(await sql(port, name, `SELECT ${columns} FROM users WHERE anonymised_at IS NOT NULL`)).toEqual([
    { id: "1", name: null, username: null, about: null, skills: [], city: null, user_type: null },
  ]);
});
