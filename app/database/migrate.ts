import { runner } from "node-pg-migrate";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import type { DatabaseConfig } from "../config.ts";
import { serverAbsent } from "./errors.ts";
import { migrationsFolder, migrationsTable } from "./migrations.ts";
import { connectionOptions } from "./pool.ts";

/**
 * Brings the database to this version and returns the names of the migrations that it ran. Waits while another
 * one migrates; all of them run in one transaction.
 */
async function migrateOnce(config: DatabaseConfig, log: (line: string) => void): Promise<string[]> {
  const client = new pg.Client(connectionOptions(config));
  client.on("error", () => undefined);
  try {
    await client.connect();
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

/** As `migrateOnce`, for as long as `patience` milliseconds while no server is there that takes writes. */
export async function migrate(
  config: DatabaseConfig,
  log: (line: string) => void,
  patience = 0,
): Promise<string[]> {
  const end = performance.now() + patience;
  for (;;) {
    try {
      return await migrateOnce(config, log);
    } catch (error) {
      if (!serverAbsent(error) || performance.now() > end) throw error;
      log(`the database is not there yet: ${error instanceof Error ? error.message : String(error)}`);
      await pause(1000 + Math.random() * 1000);
    }
  }
}
