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
    // Who asks for a locked table holds up all who come after: shorter than the 3 s that a transaction of the bot waits.
    await client.query("SET lock_timeout = '2s'");
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

/** Milliseconds for which somebody else may hold what a migration needs: another one, or a backup. */
const lockPatience = 240_000;

const lockRefused = (error: unknown): boolean => error instanceof pg.DatabaseError && error.code === "55P03";

/**
 * As `migrateOnce`, tried again for as long as `patience` milliseconds while no server is there that takes writes, and
 * while others hold locks.
 */
export async function migrate(
  config: DatabaseConfig,
  log: (line: string) => void,
  patience = 0,
): Promise<string[]> {
  const began = performance.now();
  for (;;) {
    try {
      return await migrateOnce(config, log);
    } catch (error) {
      const locked = lockRefused(error);
      const limit = locked ? lockPatience : serverAbsent(error) ? patience : 0;
      if (performance.now() - began >= limit) throw error;
      const why = error instanceof Error ? error.message : String(error);
      log(`the database is ${locked ? "locked" : "not there yet"}: ${why}`);
      await pause(1000 + Math.random() * 1000);
    }
  }
}
