import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { selfSigned } from "../../infra/process-provider/certificate.ts";
import { databaseConfig } from "../../test/support/database.ts";
import { startPostgres, type TestServer } from "../../test/support/postgres.ts";
import type { DatabaseConfig } from "../config.ts";
import { createMetrics } from "../metrics.ts";
import { createDatabase, type Database } from "./pool.ts";

const folder = mkdtempSync(join(tmpdir(), "launchlab-tls-"));
let server: TestServer;

beforeAll(async () => {
  const own = await selfSigned("127.0.0.1");
  writeFileSync(join(folder, "own.pem"), own.certificate);
  writeFileSync(join(folder, "other.pem"), (await selfSigned("127.0.0.1")).certificate);
  server = await startPostgres(own);
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

async function connected<T>(
  config: Partial<DatabaseConfig>,
  use: (database: Database) => Promise<T>,
): Promise<T> {
  const whole = { ...databaseConfig(server.port, "postgres"), ...config };
  const database = createDatabase(whole, createMetrics("test"), pino({ level: "silent" }));
  try {
    return await use(database);
  } finally {
    await database.close();
  }
}

/** Whether the session is encrypted. */
const encrypted = (config: Partial<DatabaseConfig>): Promise<unknown> =>
  connected(config, async ({ query }) => {
    const [row] = await query<{ ssl: boolean }>(
      "probe",
      "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
    );
    return row?.ssl;
  });

test("TLS is off, or on with any certificate, or on with one of the authority for this host", async () => {
  const [own, other] = [join(folder, "own.pem"), join(folder, "other.pem")];
  expect(await encrypted({ tls: "disable" })).toBe(false);
  expect(await encrypted({ tls: "require" })).toBe(true);
  expect(await encrypted({ tls: "verify-full", caFile: own })).toBe(true);
  const refused = expect.objectContaining({
    message: expect.stringContaining("not available") as string,
  }) as Error;
  await expect(encrypted({ tls: "verify-full", caFile: other })).rejects.toThrow(refused);
  await expect(encrypted({ tls: "verify-full" })).rejects.toThrow(refused);
  await expect(encrypted({ tls: "verify-full", caFile: own, host: "localhost" })).rejects.toThrow(refused);
  // A server without TLS is refused, not talked to in the clear.
  await expect(encrypted({ tls: "require", port: inject("servers").postgres })).rejects.toThrow(refused);
});

test("a statement is planned once for each connection, in transactions as well", async () => {
  await connected({ poolSize: 1 }, async (database) => {
    const sql = "SELECT $1::int + 1 AS n";
    for (const n of [1, 2]) {
      expect(await database.query("probe", sql, [n])).toEqual([{ n: n + 1 }]);
      const { tx, rows } = await database.begin(7, [{ sql, values: [n] }]);
      expect(rows).toEqual([[{ n: n + 1 }]]);
      expect(await tx.query("probe", sql, [n])).toEqual([{ n: n + 1 }]);
      expect(await tx.commit([{ sql, values: [n] }])).toContainEqual([{ n: n + 1 }]);
    }
    const prepared =
      "SELECT generic_plans + custom_plans AS plans FROM pg_prepared_statements WHERE statement = $1";
    expect(await database.query("probe", prepared, [sql])).toEqual([{ plans: 8 }]);
  });
});

test("a statement goes on when the columns that it gives have changed their type", async () => {
  await connected({ poolSize: 1 }, async (database) => {
    await database.query("probe", "CREATE TABLE changing (value int)");
    await database.query("probe", "INSERT INTO changing VALUES (1)");
    const read = { sql: "SELECT value FROM changing", values: [] };
    expect(await database.query("probe", read.sql)).toEqual([{ value: 1 }]);
    await database.query("probe", "ALTER TABLE changing ALTER value TYPE text");
    expect(await database.query("probe", read.sql)).toEqual([{ value: "1" }]);
    await database.query("probe", "ALTER TABLE changing ALTER value TYPE int USING value::int");
    const { tx, rows } = await database.begin(undefined, [read]);
    expect(rows).toEqual([[{ value: 1 }]]);
    await tx.commit();
  });
});

test("what follows a failed statement of the same round trip is not done", async () => {
  await connected({ poolSize: 1 }, async (database) => {
    await database.query("probe", "CREATE TABLE untouched (value int)");
    const insert = { sql: "INSERT INTO untouched VALUES ($1)", values: [1] };
    const wrong = { sql: "SELECT 1 / $1::int", values: [0] };
    await expect(database.begin(undefined, [insert, wrong, insert])).rejects.toThrow("division by zero");
    const { tx } = await database.begin(undefined, [insert]);
    await expect(tx.commit([wrong, insert])).rejects.toThrow("division by zero");
    await expect(database.batch("probe", ["BEGIN", insert, wrong, insert, "COMMIT"])).rejects.toThrow(
      "by zero",
    );
    expect(await database.query("probe", "SELECT * FROM untouched")).toEqual([]);
  });
});
