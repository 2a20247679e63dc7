import pg from "pg";
import type { DatabaseConfig } from "../config.ts";
import { keptName } from "../database/backup-list.ts";
import { migrate } from "../database/migrate.ts";
import { carryOver } from "./carry-over.ts";
import type { Catalogue } from "./catalogue.ts";
import type { BackupConfig } from "./config.ts";
import { BackupError } from "./error.ts";
import { open } from "./load.ts";
import { letIn, restoreInto } from "./restore.ts";
import { alone, withSession } from "./session.ts";
import { exists, swap } from "./swap.ts";

const { escapeIdentifier } = pg;

async function drop(client: pg.Client, name: string): Promise<void> {
  await client.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
}

/** Brings a database to this version of the bot, lets the bot in, and puts it in the place of the live one. */
async function takeOver(live: DatabaseConfig, other: DatabaseConfig): Promise<void> {
  await migrate(other, () => undefined);
  await letIn(other, live.name);
  await carryOver(live, other, () => swap(live, other.name));
}

/**
 * Restores a backup beside the live database, compares every table, and lets it take the live one's place; that one is
 * kept, and nothing is restored while it is. Throws a BackupError that says why not; then the live database is as it
 * was.
 */
export async function replaceLive(
  config: BackupConfig,
  catalogue: Catalogue,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const live = config.database;
  const incoming = { ...live, name: `${live.name}_incoming` };
  const opened = await open(catalogue, name, config.identity);
  await withSession(live, (client) =>
    alone(client, async () => {
      if (await exists(client, keptName(live.name)))
        throw new BackupError(
          `the database ${keptName(live.name)} is still kept: confirm or roll back first`,
        );
      // Of one that was killed.
      await drop(client, incoming.name);
      await restoreInto(client, opened, live.name, incoming, signal);
      try {
        await takeOver(live, incoming);
      } catch (error) {
        await drop(client, incoming.name);
        throw error;
      }
    }),
  );
}

/** Lets the kept database and the live one change places. Throws a BackupError when none is kept. */
export async function rollBack({ database: live }: BackupConfig): Promise<void> {
  await withSession(live, (client) =>
    alone(client, async () => {
      const kept = { ...live, name: keptName(live.name) };
      if (!(await exists(client, kept.name))) throw new BackupError("no database is kept");
      await takeOver(live, kept);
    }),
  );
}

/** Drops the kept database. Throws a BackupError when none is kept. */
export async function confirm({ database: live }: BackupConfig): Promise<void> {
  await withSession(live, (client) =>
    alone(client, async () => {
      if (!(await exists(client, keptName(live.name)))) throw new BackupError("no database is kept");
      await drop(client, keptName(live.name));
    }),
  );
}
