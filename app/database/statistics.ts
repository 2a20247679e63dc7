import type { Query } from "./pool.ts";

interface DatabaseStats {
  readonly connections: number;
  readonly max_connections: number;
  readonly size_bytes: number;
  readonly commits: number;
  readonly rollbacks: number;
  readonly deadlocks: number;
  readonly hit_rate: number;
  readonly oldest_transaction_seconds: number;
  /** The largest. */
  readonly tables: { name: string; bytes: number; rows: number; dead_rows: number }[];
}

/** How the database is; counters are those since its statistics were reset. */
export async function databaseStats(query: Query): Promise<DatabaseStats> {
  const [stats] = await query<Omit<DatabaseStats, "tables">>(
    "statistics",
    `SELECT (SELECT sum(numbackends)::int FROM pg_stat_database) AS connections,
       current_setting('max_connections')::int AS max_connections,
       pg_database_size(datname)::float AS size_bytes, xact_commit::float AS commits, xact_rollback::float AS rollbacks,
       deadlocks::float, coalesce(blks_hit::float / nullif(blks_hit + blks_read, 0), 1) AS hit_rate,
       coalesce((SELECT extract(epoch FROM now() - min(xact_start)) FROM pg_stat_activity
         WHERE datname = current_database()), 0)::float AS oldest_transaction_seconds
     FROM pg_stat_database WHERE datname = current_database()`,
  );
  const tables = await query<DatabaseStats["tables"][number]>(
    "statistics",
    `SELECT relname AS name, pg_total_relation_size(relid)::float AS bytes, n_live_tup::float AS rows,
       n_dead_tup::float AS dead_rows FROM pg_stat_user_tables ORDER BY bytes DESC, name LIMIT 10`,
  );
  if (stats === undefined) throw new Error("the database gave no row");
  return { ...stats, tables };
}

const counts = {
  people: "SELECT count(*) FROM users WHERE deleted_at IS NULL",
  people_active_24h:
    "SELECT count(*) FROM users WHERE last_active > now() - interval '24 hours' AND deleted_at IS NULL",
  people_searching: "SELECT count(*) FROM users WHERE is_searching AND deleted_at IS NULL",
  people_premium: "SELECT count(*) FROM users WHERE premium_until > now() AND deleted_at IS NULL",
  people_blocked: "SELECT count(*) FROM users WHERE blocked_at IS NOT NULL AND deleted_at IS NULL",
  teams: "SELECT count(*) FROM teams",
  updates_24h: "SELECT count(*) FROM receipts WHERE received_at > now() - interval '24 hours'",
  repeated_updates_24h:
    "SELECT count(*) FROM receipts WHERE received_at > now() - interval '24 hours' AND repeats > 0",
  dead_letters: "SELECT count(*) FROM dead_letters",
  messages_waiting: "SELECT count(*) FROM outbox WHERE failed_at IS NULL",
  messages_refused: "SELECT count(*) FROM outbox WHERE failed_at IS NOT NULL",
  jobs_waiting: "SELECT count(*) FROM jobs WHERE ended_at IS NULL",
  jobs_done_24h:
    "SELECT count(*) FROM jobs WHERE ended_at > now() - interval '24 hours' AND outcome = 'done'",
  jobs_failed_24h:
    "SELECT count(*) FROM jobs WHERE ended_at > now() - interval '24 hours' AND outcome = 'failed'",
  stars_30d:
    "SELECT coalesce(sum(stars), 0) FROM payments WHERE paid_at > now() - interval '30 days' AND refunded_at IS NULL",
} as const;

export type Statistics = Record<keyof typeof counts, number>;

/** People, updates, messages, jobs and payments in numbers. */
export async function statistics(query: Query): Promise<Statistics> {
  const columns = Object.entries(counts).map(([name, sql]) => `(${sql})::float AS ${name}`);
  const [row] = await query<Statistics>("statistics", `SELECT ${columns.join(", ")}`);
  if (row === undefined) throw new Error("the database gave no row");
  return row;
}
