import type { BackupKind } from "../config.ts";
import type { Database } from "./pool.ts";

export interface BackupStats {
  readonly kind: BackupKind;
  /** Seconds since one ended well; since the database was made while none has. */
  readonly age: number;
  /** Of the last good one; undefined while there is none. */
  readonly seconds: number | undefined;
  readonly bytes: number | undefined;
}

interface StatsRow {
  kind: BackupKind;
  age: number;
  seconds: number | null;
  bytes: number | null;
}

/** How old the last good run of each kind is, by the clock of the database. */
export async function backupStats(database: Database, kinds: readonly BackupKind[]): Promise<BackupStats[]> {
  const rows = await database.query<StatsRow>(
    "backup_stats",
    `SELECT kind, bytes, extract(epoch FROM ended_at - began_at)::float AS seconds,
       extract(epoch FROM now() - coalesce(ended_at, (SELECT min(run_on) FROM migrations)))::float AS age
     FROM unnest($1::text[]) AS kind LEFT JOIN LATERAL (
       SELECT bytes, began_at, ended_at FROM backup_runs r
       WHERE r.kind = kind.kind AND error IS NULL ORDER BY ended_at DESC LIMIT 1) AS last ON true`,
    [kinds],
  );
  return rows.map(({ kind, age, seconds, bytes }) => ({
    kind,
    age,
    seconds: seconds ?? undefined,
    bytes: bytes ?? undefined,
  }));
}
