import { pino } from "pino";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { z } from "zod";
import { databaseConfig, freshDatabase, sql } from "../../test/support/database.ts";
import { startPgbouncer } from "../../test/support/pgbouncer.ts";
import type { TestServer } from "../../test/support/postgres.ts";
import { until } from "../../test/support/wait.ts";
import { jobKind } from "../jobs/job.ts";
import { createMetrics } from "../metrics.ts";
import { handling, startBot, type TestBot } from "../testing/bot.ts";
import { startFakeApi, type FakeApi } from "../testing/fake-api.ts";
import { message, person, press } from "../testing/updates.ts";
import { startWorker } from "../testing/worker.ts";
import { addJob } from "./jobs.ts";
import { createDatabase, type Database } from "./pool.ts";

/** Fewer than clients that want one at once. */
const CONNECTIONS = 4;
const servers = inject("servers");
const log = pino({ level: "silent" });
let pooler: TestServer;
let api: FakeApi;
let name: string;
let database: Database;
const open: TestBot[] = [];

/** A web replica whose connections, more than the pooler has, all go through the pooler. */
async function start(options: Partial<Parameters<typeof startBot>[0]>): Promise<TestBot> {
  const through = { ...servers, postgres: pooler.port };
  const bot = await startBot({ servers: through, database: name, apiUrl: api.url, ...options });
  open.push(bot);
  return bot;
}

beforeAll(async () => {
  [pooler, api, name] = await Promise.all([
    startPgbouncer(servers.postgres, CONNECTIONS),
    startFakeApi(),
    freshDatabase(servers.postgres),
  ]);
  database = createDatabase(databaseConfig(pooler.port, name), createMetrics("test"), log);
  await sql(servers.postgres, name, "CREATE TABLE counts (id bigint PRIMARY KEY, n int)");
});
afterAll(async () => {
  await Promise.all(open.map((bot) => bot.close()));
  await database.close();
  await pooler.stop();
  await api.close();
});

/** Reads a number, thinks, and writes the next one: two at a time would lose one. */
const increment =
  "WITH before AS (SELECT coalesce((SELECT n FROM counts WHERE id = $1), 0) AS n, pg_sleep(0.01)) " +
  "INSERT INTO counts SELECT $1, n + 1 FROM before ON CONFLICT (id) DO UPDATE SET n = excluded.n RETURNING n";

test("two replicas work on updates through a pooler in transaction mode, those of a person one by one", async () => {
  const handler = handling(async (ctx) => {
    const [row] = await ctx.tx.query<{ n: number }>("user_update", increment, [ctx.from?.id]);
    await ctx.reply(`count ${row?.n}`);
  });
  const bots = [await start({ handler }), await start({ handler })] as const;
  const people = Array.from({ length: 15 }, () => person());
  const updates = Array.from({ length: 6 }, (_, i) =>
    people.map((who) => (i % 2 === 0 ? message(who, "m") : press(who, "p"))),
  ).flat();
  const answers = await Promise.all(updates.map((update, i) => bots[i % 2 === 0 ? 0 : 1].deliver(update)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  const ids = people.map(({ id }) => id).join();
  expect(
    await sql(
      servers.postgres,
      name,
      `SELECT count(*)::int AS people, min(n), max(n) FROM counts WHERE id IN (${ids})`,
    ),
  ).toEqual([{ people: 15, min: 6, max: 6 }]);
});

test("the bot's own features work through it, and an update that comes twice has one effect", async () => {
  const bot = await start({});
  const ada = person("en", "Ada");
  const first = message(ada, "/start");
  for (const update of [
    ...[first, first, press(ada, "answer:type:team"), message(ada, "Ada"), message(ada, "I build rockets")],
    ...[message(ada, "rust"), message(ada, "Riga"), press(ada, "answer:searching:yes")],
    ...[message(ada, "/search rockets"), press(ada, "cities:a:0:::"), message(ada, "/settings")],
  ]) {
    expect((await bot.deliver(update)).status).toBe(200);
  }
  expect(await bot.metric("bot_updates_total", { outcome: "ok", type: "message" })).toBe(4);
  expect(await bot.metric("bot_receipts_duplicates_total")).toBe(1);
  const [row] = await bot.sql(`SELECT name, skills, city, is_searching FROM users WHERE id = ${ada.id}`);
  expect(row).toEqual({ name: "Ada", skills: ["rust"], city: "Riga", is_searching: true });
});

test("a handler that takes too long has its statement cancelled, and nobody else's", async () => {
  const handler = handling(async (ctx) => {
    await ctx.tx.query(
      "user_update",
      ctx.message?.text === "slow" ? "SELECT pg_sleep(60)" : "SELECT pg_sleep(0.2)",
    );
  });
  const bot = await start({ handler, handlerLimit: 1000 });
  const answers = await Promise.all([
    bot.deliver(message(person(), "slow")),
    ...Array.from({ length: 12 }, () => bot.deliver(message(person(), "quick"))),
  ]);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(await bot.metric("bot_updates_total", { outcome: "ok", type: "message" })).toBe(12);
  expect(await bot.metric("bot_updates_total", { outcome: "timeout", type: "message" })).toBe(1);
});

test("jobs are leased and done through it once, by whichever worker", async () => {
  const kind = jobKind({
    kind: "count",
    payload: z.object({}),
    attempts: 3,
    limitSeconds: 10,
    parallel: 8,
    run: ({ userId }) =>
      Promise.resolve(async (tx) => {
        await tx.query("user_update", increment, [userId]);
        return [];
      }),
  });
  for (let n = 0; n < 40; n += 1) await addJob(database.query, { kind: "count", userId: 1 + (n % 4) });
  const bot = await start({});
  const stops = [startWorker(bot, kind), startWorker(bot, kind)];
  await until("all jobs have ended", async () => {
    const [row] = await sql(
      servers.postgres,
      name,
      "SELECT count(*)::int AS n FROM jobs WHERE outcome = 'done'",
    );
    return row?.["n"] === 40;
  });
  await Promise.all(stops.map((stop) => stop()));
  expect(await sql(servers.postgres, name, "SELECT n FROM counts WHERE id < 10")).toEqual(
    Array.from({ length: 4 }, () => ({ n: 10 })),
  );
});

test("nothing of a transaction stays behind in the connections that all share", async () => {
  const asked = await Promise.all(
    Array.from({ length: 20 }, () =>
      database.batch("probe", ["SHOW statement_timeout; SHOW lock_timeout; SELECT pg_backend_pid() AS pid"]),
    ),
  );
  const backends = new Set(asked.map(([, , pid]) => pid?.[0]?.["pid"]));
  expect(backends.size).toBeLessThanOrEqual(CONNECTIONS);
  for (const [statement, lock] of asked) {
    expect([statement?.[0]?.["statement_timeout"], lock?.[0]?.["lock_timeout"]]).toEqual(["0", "0"]);
  }
  const left =
    "SELECT locktype FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
  expect(await sql(servers.postgres, name, left)).toEqual([]);
  const held =
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'launchlab'";
  expect((await sql(servers.postgres, name, held))[0]?.["n"]).toBeLessThanOrEqual(CONNECTIONS);
});
