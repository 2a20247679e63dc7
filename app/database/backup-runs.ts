import type { BackupKind } from "../config.ts";
import type { Database } from "./pool.ts";

export interface BackupStats {
  readonly kind: BackupKind;
  /** Unix time in seconds at which one ended well; at which the database was made while none has. */
  readonly lastSuccess: number;
  /** Whether the newest one failed. */
  readonly failed: boolean;
  /** Of the last good one; undefined while there is none. */
  readonly seconds: number | undefined;
  readonly bytes: number | undefined;
}

interface StatsRow {
  kind: BackupKind;
  last_success: number;
  failed: boolean;
  seconds: number | null;
  bytes: number | null;
}

/** When the last good run of each kind ended, and whether a worse one followed. */
export async function backupStats(
  database: Pick<Database, "query">,
  kinds: readonly BackupKind[],
): Promise<BackupStats[]> {
  const rows = await database.query<StatsRow>(
    "backup_stats",
    `SELECT kind, bytes, extract(epoch FROM ended_at - began_at)::float AS seconds,
       extract(epoch FROM coalesce(ended_at, (SELECT min(run_on) FROM migrations)))::float AS last_success,
       coalesce((SELECT error IS NOT NULL FROM backup_runs r
         WHERE r.kind = kind.kind ORDER BY ended_at DESC LIMIT 1), false) AS failed
     FROM unnest($1::text[]) AS kind LEFT JOIN LATERAL (
       SELECT bytes, began_at, ended_at FROM backup_runs r
       WHERE r.kind = kind.kind AND error IS NULL ORDER BY ended_at DESC LIMIT 1) AS last ON true`,
    [kinds],
  );
  return rows.map(({ kind, last_success, failed, seconds, bytes }) => ({
    kind,
    lastSuccess: last_success,
    failed,
    seconds: seconds ?? undefined,
    bytes: bytes ?? undefined,
  }));
}
