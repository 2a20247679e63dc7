import { runner } from "node-pg-migrate";
import pg from "pg";
import type { DatabaseConfig } from "../config.ts";
import { migrationsFolder, migrationsTable } from "./migrations.ts";
import { connectionOptions } from "./pool.ts";

/**
 * Brings the database to this version and returns the names of the migrations that it ran. Waits while another
 * one migrates; all of them run in one transaction.
 */
export async function migrate(config: DatabaseConfig, log: (line: string) => void): Promise<string[]> {
  const client = new pg.Client(connectionOptions(config));
  client.on("error", () => undefined);
  await client.connect();
  try {
    const applied = await runner({
      dbClient: client,
      dir: migrationsFolder,
      migrationsTable,
      direction: "up",
      advisoryLockMode: "wait",
      // The lock is held by the session: the connection must not go through a pooler in transaction mode.
      logger: { info: () => undefined, warn: log, error: log },
    });
    return applied.map(({ name }) => name);
  } finally {
    await client.end();
  }
}
