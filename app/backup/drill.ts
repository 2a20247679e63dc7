import type pg from "pg";
import { migrate } from "../database/migrate.ts";
import type { Catalogue } from "./catalogue.ts";
import type { BackupConfig } from "./config.ts";
import { BackupError } from "./error.ts";
import { load, open } from "./load.ts";
import type { Manifest } from "./manifest.ts";
import { removeLeftovers, withScratchServer } from "./scratch-server.ts";
import { alone, withSession } from "./session.ts";
import { versionIn, versionOf } from "./programs.ts";

export interface Drilled {
  readonly manifest: Manifest;
  /** Seconds from the beginning to a database that could be used. */
  readonly restoreSeconds: number;
  /** Whether the pages of tables and indexes were checked as well. */
  readonly pagesChecked: boolean;
}

/**
 * Restores the newest backup into a Postgres server of its own, on this machine and for this purpose only, and tries
 * it: every table is compared, the bot's migrations run, people are searched for. The live server needs no right for
 * it, and no more of it is used than a lock. Throws a BackupError when anything is not as it should be.
 */
export async function drill(
  config: BackupConfig,
  catalogue: Catalogue,
  signal: AbortSignal,
): Promise<Drilled> {
  return withSession(config.database, (live) =>
    alone(live, async () => {
      const began = performance.now();
      await removeLeftovers(config.folder);
      const opened = await open(catalogue, await catalogue.newest(), config.identity);
      const { manifest } = opened;
      const postgres = await versionOf("postgres");
      if (postgres.major < versionIn(manifest.server).major) {
        throw new BackupError(
          `postgres ${postgres.text} is older than the server that was backed up (${manifest.server})`,
        );
      }
      return withScratchServer(config.folder, signal, async (database) => {
        await load(opened, database, signal);
        const restoreSeconds = (performance.now() - began) / 1000;
        await migrate(database, () => undefined);
        const pagesChecked = await withSession(database, async (client) => {
          await useIt(client);
          return checkPages(client);
        });
        return { manifest, restoreSeconds, pagesChecked };
      });
    }),
  );
}

/** What the bot asks for all the time. */
async function useIt(client: pg.Client): Promise<void> {
  await client.query(
    "SELECT * FROM users WHERE is_searching AND deleted_at IS NULL ORDER BY last_active DESC LIMIT 10",
  );
  await client.query("SELECT chat_id, method FROM outbox WHERE failed_at IS NULL ORDER BY next_at LIMIT 10");
}

/** Looks for damaged pages and index entries that lead nowhere. False where the server does not bring amcheck. */
async function checkPages(client: pg.Client): Promise<boolean> {
  const available = await client.query("SELECT FROM pg_available_extensions WHERE name = 'amcheck'");
  if (available.rows.length === 0) return false;
  await client.query("CREATE EXTENSION amcheck");
  await client.query(
    `SELECT bt_index_check(c.oid, true) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'btree' AND c.relkind = 'i' AND c.relpersistence <> 't'`,
  );
  const { rows } = await client.query<{ name: string; msg: string }>(
    `SELECT c.relname AS name, v.msg FROM pg_class c CROSS JOIN LATERAL verify_heapam(c.oid) v
     WHERE c.relkind = 'r' LIMIT 1`,
  );
  const [damage] = rows;
  if (damage !== undefined)
    throw new BackupError(`the restored table ${damage.name} is damaged: ${damage.msg}`);
  return true;
}
