import pg from "pg";
import type { DatabaseConfig } from "../config.ts";
import { connectionOptions } from "../database/pool.ts";
import { BackupError } from "./error.ts";
import { versionIn, type Version } from "./programs.ts";

/** Of the advisory lock; any number that nothing else in the database uses. */
const LOCK = 7_310_402;

/** Runs `use` on a connection of its own, without the limits of time that the bot's statements have. */
export async function withSession<T>(
  database: DatabaseConfig,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client(connectionOptions(database));
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BackupError(`the database ${database.name} cannot be reached: ${reason}`, error);
  }
  try {
    await client.query(
      "SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN " +
        "('statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout', 'idle_session_timeout')",
    );
    return await use(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Another backup, restore or drill runs. */
export class Busy extends BackupError {
  constructor() {
    super("another backup, restore or drill of this database runs: try again when it has ended");
  }
}

/**
 * Runs `use` while nobody else makes, restores or tries a backup of this database, on whichever machine. Throws
 * Busy when somebody does. The lock belongs to the connection, which must not go through a pooler.
 */
export async function alone<T>(client: pg.Client, use: () => Promise<T>): Promise<T> {
  const { rows } = await client.query<{ taken: boolean }>("SELECT pg_try_advisory_lock($1) AS taken", [LOCK]);
  if (rows[0]?.taken !== true) throw new Busy();
  return use();
}

export async function serverVersion(client: pg.Client): Promise<Version> {
  const { rows } = await client.query<{ server_version: string }>("SHOW server_version");
  return versionIn(rows[0]?.server_version ?? "");
}
