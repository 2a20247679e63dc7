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
import { createDatabase } from "./pool.ts";

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

/** Whether the session is encrypted. */
async function encrypted(config: Partial<DatabaseConfig>): Promise<unknown> {
  const whole = { ...databaseConfig(server.port, "postgres"), ...config };
  const database = createDatabase(whole, createMetrics("test"), pino({ level: "silent" }));
  try {
    const rows = await database.query<{ ssl: boolean }>(
      "probe",
      "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
    );
    return rows[0]?.ssl;
  } finally {
    await database.close();
  }
}

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
