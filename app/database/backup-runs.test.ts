import { pino } from "pino";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { databaseConfig, freshDatabase, sql } from "../../test/support/database.ts";
import { record } from "../backup/record.ts";
import { createMetrics } from "../metrics.ts";
import { backupStats } from "./backup-runs.ts";
import { createDatabase, type Database } from "./pool.ts";

const port = inject("servers").postgres;
let name: string;
let database: Database;
beforeAll(async () => {
  name = await freshDatabase(port);
  database = createDatabase(databaseConfig(port, name), createMetrics("test"), pino({ level: "silent" }));
});
afterAll(() => database.close());

const ago = (seconds: number): Date => new Date(Date.now() - seconds * 1000);
const config = () => databaseConfig(port, name);

it("counts from the birth of the database while nothing has ended well", async () => {
  await sql(port, name, "UPDATE migrations SET run_on = now() - interval '30 hours'");
  await record(config(), { kind: "backup", began: ago(5), error: "no room" });
  const stats = await backupStats(database, ["backup", "drill"]);
  expect(stats.map(({ kind, failed, seconds, bytes }) => [kind, failed, seconds, bytes])).toEqual([
    ["backup", true, undefined, undefined],
    ["drill", false, undefined, undefined],
  ]);
  for (const { lastSuccess } of stats) expect(lastSuccess).toBeLessThan(Date.now() / 1000 - 30 * 3600 + 1);
});

it("tells when the last good one ended, its time and size, and what failed since", async () => {
  await record(config(), { kind: "backup", began: ago(60), name: "good", bytes: 3e9 });
  await record(config(), { kind: "backup", began: ago(5), error: "no room" });
  const [backup, ...others] = await backupStats(database, ["backup"]);
  expect(others).toEqual([]);
  expect(backup?.lastSuccess).toBeGreaterThan(Date.now() / 1000 - 60);
  expect(backup?.failed).toBe(true);
  expect(backup?.seconds).toBeGreaterThanOrEqual(60);
  expect(backup?.bytes).toBe(3e9);
});

it("forgets runs after 90 days, but never the last good one", async () => {
  await sql(port, name, "UPDATE backup_runs SET ended_at = now() - interval '91 days'");
  await record(config(), { kind: "drill", began: ago(1), error: "no backup" });
  const rows = await sql(port, name, "SELECT kind, error FROM backup_runs ORDER BY id");
  expect(rows).toEqual([
    { kind: "backup", error: null },
    { kind: "drill", error: "no backup" },
  ]);
});

it("asks for nothing where no backups are made", async () => {
  expect(await backupStats(database, [])).toEqual([]);
});
