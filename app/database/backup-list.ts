import type { Query } from "./pool.ts";

/** A backup, as those know it who cannot look where it is. */
export interface ListedBackup {
  readonly name: string;
  readonly created_at: Date;
  /** Null where the manifest is of no use, or does not say it. */
  readonly cause: string | null;
  readonly bytes: number | null;
  readonly rows: number | null;
  readonly tables: number | null;
  readonly server: string | null;
  /** Why it is of no use; null for a good one. */
  readonly problem: string | null;
}

/** Replaces what is known of the backups. */
export async function publishBackups(query: Query, backups: readonly ListedBackup[]): Promise<void> {
  await query(
    "backup_list",
    `WITH given AS (SELECT * FROM jsonb_populate_recordset(NULL::backups, $1::jsonb)),
     gone AS (DELETE FROM backups WHERE name NOT IN (SELECT name FROM given))
     INSERT INTO backups SELECT * FROM given ON CONFLICT (name) DO UPDATE SET
       created_at = excluded.created_at, cause = excluded.cause, bytes = excluded.bytes, rows = excluded.rows,
       tables = excluded.tables, server = excluded.server, problem = excluded.problem`,
    [JSON.stringify(backups)],
  );
}

/** All backups, the newest first. */
export const listBackups = (query: Query): Promise<ListedBackup[]> =>
  query("backup_list", "SELECT * FROM backups ORDER BY name DESC");

const KEPT = "_before";

/** The name of the database that was live before this one was restored; one at most. */
export const keptName = (live: string): string => live + KEPT;

/** The database that a restore or a rollback put aside, as long as it is there. */
export async function keptDatabase(query: Query): Promise<string | null> {
  const [row] = await query<{ name: string }>(
    "backup_list",
    `SELECT datname AS name FROM pg_database WHERE datname = current_database() || '${KEPT}'`,
  );
  return row?.name ?? null;
}
