import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { sql } from "../../test/support/database.ts";
import { until } from "../../test/support/wait.ts";
import { verifyAudit } from "../admin/audit.ts";
import { addRequest, noteService, takeRequest } from "../database/backup-requests.ts";
import { createDatabase, type Database } from "../database/pool.ts";
import { createMetrics } from "../metrics.ts";
import { startAdmin, type TestAdmin } from "../testing/admin.ts";
import { backupBench, programsOnPath, users, type BackupBench } from "../testing/backup.ts";
import { askForDue } from "./due.ts";
import { serve } from "./serve.ts";
import { alone, withSession } from "./session.ts";

const servers = inject("servers");
const log = pino({}, { write: () => undefined });
let bench: BackupBench;
let admin: TestAdmin;
let databases: Database[];
let stop: AbortController;
let serving: Promise<void>[];

beforeAll(programsOnPath);
beforeEach(async () => {
  bench = await backupBench(servers.postgres);
  admin = await startAdmin({ servers, database: bench.database });
  [databases, serving, stop] = [[], [], new AbortController()];
  // What the clock asks for comes only where a test wants it.
  expect((await admin.ask("POST /api/backup/schedule", "owner", { daily: null, weekly: null })).status).toBe(
    200,
  );
});
afterEach(async () => {
  stop.abort();
  await Promise.all(serving);
  for (const one of databases) await one.close();
  await admin.close();
  await bench.remove();
  for (const end of ["before", "incoming"])
    await sql(servers.postgres, "postgres", `DROP DATABASE IF EXISTS ${bench.database}_${end} WITH (FORCE)`);
});

/** The process that has one of the keys, as the stack runs it. */
function start(key: "recipient" | "identity"): void {
  const other = key === "recipient" ? "identity" : "recipient";
  const database = createDatabase({ ...bench.config.database, poolSize: 2 }, createMetrics("test"), log);
  databases.push(database);
  const config = { ...bench.config, [other]: undefined };
  serving.push(serve({ config, database, log, signal: stop.signal }));
}

interface Request {
  readonly id: number;
  readonly state: string;
  readonly name: string | null;
  readonly error: string | null;
}
interface Status {
  readonly serves: readonly string[];
  readonly open: readonly Request[];
  readonly ended: readonly Request[];
  readonly good: number;
  readonly kept_database: string | null;
}
const status = async (): Promise<Status> =>
  (await admin.ask("GET /api/backup/status", "viewer")).json() as Status;
// Asked by SQL: who polls the API soon asks more often than it takes.
const there = (query: string) => async () => (await admin.sql(query)).length === 1;
const served = (kind: string): Promise<boolean> =>
  until(`${kind} is served`, there(`SELECT FROM backup_services WHERE kind = '${kind}'`));

/** Asks for it, and waits until it has ended. */
async function ask(path: string): Promise<Request> {
  const { status: code, json, text } = await admin.ask(`POST /api/backup/${path}`, "owner");
  expect(code, text).toBe(200);
  const { id } = json() as Request;
  const over = `SELECT FROM backup_requests WHERE id = ${id} AND state IN ('done', 'failed')`;
  await until(`the request ${path} has ended`, there(over), 60_000);
  const request = (await status()).ended.find((one) => one.id === id);
  if (request === undefined) throw new Error("it is not among those that ended");
  return request;
}
const people = async (): Promise<unknown> => admin.sql(users);

describe("a backup that is asked for", () => {
  it("is made by the process that may, and is on the list", async () => {
    start("recipient");
    await served("create");
    const { state, name } = await ask("create");
    expect(state).toBe("done");
    const { json } = await admin.ask("GET /api/backup/list", "viewer");
    expect(json()).toMatchObject({ backups: [{ name, cause: "manual", problem: null }] });
    expect(await admin.sql("SELECT kind, name, error FROM backup_runs")).toEqual([
      { kind: "backup", name, error: null },
    ]);
  });

  it("is the same request while it waits, and refused where nobody would make it", async () => {
    const refused = await admin.ask("POST /api/backup/create");
    expect([refused.status, refused.text]).toEqual([409, expect.stringContaining("nobody makes backups")]);
    await noteService(admin.database.query, ["create"]);
    const [first, second] = [
      await admin.ask("POST /api/backup/create"),
      await admin.ask("POST /api/backup/create"),
    ];
    expect(second.json()).toEqual(first.json());
  });

  it("waits while something else runs", async () => {
    start("recipient");
    await served("create");
    await withSession(bench.config.database, (client) =>
      alone(client, async () => {
        await admin.ask("POST /api/backup/create");
        await until("it was tried", there("SELECT FROM backup_requests WHERE run_at > asked_at"));
      }),
    );
    expect(bench.files()).toEqual([]);
    await admin.sql("UPDATE backup_requests SET run_at = now()");
    await until("it is made", there("SELECT FROM backups WHERE problem IS NULL"));
  });
});

describe("what the clock asks for", () => {
  const due = async (at: string): Promise<unknown[]> => {
    await askForDue(admin.database.query, new Date(at));
    return admin.sql("SELECT cause, key FROM backup_requests ORDER BY id");
  };

  it("is a backup every day at two and on Mondays at three, once, but not long after", async () => {
    await admin.ask("POST /api/backup/schedule", "owner", {});
    const daily = { cause: "daily", key: "daily@2026-03-02T02:00:00.000Z" };
    const weekly = { cause: "weekly", key: "weekly@2026-03-02T03:00:00.000Z" };
    // A Monday; the one before is long ago.
    expect(await due("2026-03-02T02:00:00Z")).toEqual([daily]);
    expect(await due("2026-03-02T02:59:00Z")).toEqual([daily]);
    expect(await due("2026-03-02T03:00:00Z")).toEqual([daily, weekly]);
    expect(await due("2026-03-02T23:00:00Z")).toEqual([daily, weekly]);
    expect(await due("2026-03-03T02:00:00Z")).toHaveLength(3);
  });

  it("is what an operator said", async () => {
    const { json } = await admin.ask("POST /api/backup/schedule", "operator", {
      daily: "30 4 * * *",
      weekly: null,
    });
    expect(json()).toMatchObject({ daily: "30 4 * * *", weekly: null, next_weekly_at: null });
    expect(await due("2026-03-02T05:00:00Z")).toEqual([
      { cause: "daily", key: "daily@2026-03-02T04:30:00.000Z" },
    ]);
    for (const daily of ["* * * * * *", "61 * * * *", "tomorrow", "0 0 30 2 *"])
      expect((await admin.ask("POST /api/backup/schedule", "operator", { daily })).status, daily).toBe(400);
  });

  it("comes again when it failed, three times in all; what somebody asked for does not", async () => {
    const { query } = admin.database;
    await addRequest(query, { kind: "create", cause: "daily", key: "x" });
    const outcome = async (): Promise<unknown> => {
      await admin.sql("UPDATE backup_requests SET run_at = now()");
      expect(await takeRequest(query, ["create"])).toBeDefined();
      // Another one does not begin meanwhile.
      expect(await takeRequest(query, ["create"])).toBeUndefined();
      // Its process is gone.
      await admin.sql(
        "UPDATE backup_requests SET beat_at = now() - interval '3 minutes' WHERE state = 'running'",
      );
      expect(await takeRequest(query, ["create"])).toBeUndefined();
      return (await admin.sql("SELECT state FROM backup_requests ORDER BY id DESC LIMIT 1"))[0]?.["state"];
    };
    expect([await outcome(), await outcome(), await outcome()]).toEqual(["waiting", "waiting", "failed"]);
    await addRequest(query, { kind: "create", cause: "manual" });
    expect(await outcome()).toBe("failed");
  });
});

describe("a restore that is asked for", () => {
  it("takes the live database's place, keeps what operators did since, and can be rolled back and confirmed", async () => {
    start("recipient");
    start("identity");
    await served("restore");
    await served("create");
    const before = await people();
    const { name } = await ask("create");
    await admin.sql("DROP TABLE outbox", "UPDATE users SET name = 'somebody else'");
    const after = await people();
    const token = (
      await admin.ask("POST /api/tokens", "owner", { name: "since", role: "viewer" })
    ).json() as {
      id: string;
      token: string;
    };
    expect((await admin.ask(`DELETE /api/tokens/${token.id}`)).status).toBe(200);

    await admin.sql("UPDATE backup_services SET seen_at = now()");
    // Replicas connect again and again meanwhile.
    let over = false;
    const replica = async (): Promise<void> => {
      while (!over) await admin.sql("SELECT 1").catch(() => undefined);
    };
    const replicas = [replica(), replica(), replica()];
    expect(await ask(`restore/${name}`)).toMatchObject({ state: "done", name });
    over = true;
    await Promise.all(replicas);
    expect(await people()).toEqual(before);
    expect(await admin.sql("SELECT count(*)::int AS n FROM outbox")).toEqual([{ n: 20 }]);
    // Nor did those who do it go away.
    const seen = await admin.sql(
      `SELECT FROM backup_services WHERE seen_at < (SELECT created_at FROM backups WHERE name = '${name}')`,
    );
    expect(seen).toEqual([]);
    // A token that was taken since stays taken, and the audit has all of it.
    expect((await admin.ask("GET /api/backup/list", { token: token.token })).status).toBe(401);
    expect(await verifyAudit(admin.database.query)).toMatchObject({ broken: null });
    const restores = await admin.sql("SELECT result FROM audit WHERE action LIKE '%/restore/%' ORDER BY id");
    expect(restores).toEqual([{ result: "begun" }, { result: "200" }]);
    expect(await status()).toMatchObject({ good: 1, kept_database: `${bench.database}_before` });
    expect((await admin.ask(`POST /api/backup/restore/${name}`)).status).toBe(409);

    expect(await ask("restore/rollback")).toMatchObject({ state: "done" });
    expect(await people()).toEqual(after);
    expect(await ask("restore/rollback")).toMatchObject({ state: "done" });
    expect(await people()).toEqual(before);
    expect(await verifyAudit(admin.database.query)).toMatchObject({ broken: null });

    expect(await ask("restore/confirm")).toMatchObject({ state: "done" });
    expect((await status()).kept_database).toBeNull();
    expect((await admin.ask("POST /api/backup/restore/rollback")).status).toBe(409);
  }, 120_000);

  it("of a damaged file fails with the reason, and the live database stays as it is", async () => {
    start("recipient");
    start("identity");
    await served("restore");
    await served("create");
    const { name } = await ask("create");
    const path = join(bench.folder, `${name}.dump.age`);
    const bytes = readFileSync(path);
    bytes[bytes.length - 100] = (bytes.at(-100) ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const before = await people();
    expect(await ask(`restore/${name}`)).toMatchObject({
      state: "failed",
      error: expect.stringContaining("its SHA-256 is not the one of its manifest") as unknown,
    });
    expect(await people()).toEqual(before);
    expect(await status()).toMatchObject({ kept_database: null });
  }, 60_000);

  it("needs a name of the list, the role of an owner, and somebody with the key", async () => {
    await noteService(admin.database.query, ["create"]);
    for (const [name, code] of [
      ["..%2f..%2fetc%2fpasswd", 400],
      ["../../etc/passwd", 404],
      ["2026-03-04T02-00-00-123Z%2f..%2fx", 400],
      ["2026-03-04T02-00-00-123Z%0a", 400],
      ["newest", 400],
      ["2026-03-04T02-00-00-123Z", 404],
    ] as const)
      expect((await admin.ask(`POST /api/backup/restore/${name}`)).status, name).toBe(code);
    await admin.sql(
      "INSERT INTO backups (name, created_at, problem) VALUES ('2026-03-04T02-00-00-000Z', now(), NULL), " +
        "('2026-03-05T02-00-00-000Z', now(), 'it is cut off')",
    );
    const good = "POST /api/backup/restore/2026-03-04T02-00-00-000Z";
    expect((await admin.ask(good, "operator")).status).toBe(403);
    const nobody = await admin.ask(good);
    expect([nobody.status, nobody.text]).toEqual([409, expect.stringContaining("the key is elsewhere")]);
    const damaged = await admin.ask("POST /api/backup/restore/2026-03-05T02-00-00-000Z");
    expect([damaged.status, damaged.text]).toEqual([409, expect.stringContaining("it is cut off")]);
    expect(await admin.sql("SELECT FROM backup_requests")).toEqual([]);
  });
});
