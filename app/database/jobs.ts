import type { Database, Query, Row, Statement, Transaction } from "./pool.ts";

/** A job that an attempt of this worker has leased. */
export interface LeasedJob {
  readonly id: number;
  readonly kind: string;
  readonly userId: number | undefined;
  readonly payload: unknown;
  /** Counts this one. */
  readonly attempts: number;
  readonly lease: string;
}

export interface NewJob {
  readonly kind: string;
  readonly payload?: object;
  readonly userId?: number;
  /** A second job with the same key is not made. */
  readonly key?: string;
  /** Not before that many seconds from now. */
  readonly delaySeconds?: number;
}

/** Several times the interval of `extendLeases`, so that a worker that is slow for a moment keeps its jobs. */
const lease = "interval '30 seconds'";

/** Adds a job, within the transaction of whatever asks for it; returns its id, undefined when the key is known. */
export async function addJob(query: Query, job: NewJob): Promise<number | undefined> {
  const { kind, payload = {}, userId, key, delaySeconds = 0 } = job;
  const [row] = await query<{ id: number }>(
    "job_add",
    "INSERT INTO jobs (kind, key, user_id, payload, run_at) " +
      "VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5)) ON CONFLICT (key) DO NOTHING RETURNING id",
    [kind, key ?? null, userId ?? null, payload, delaySeconds],
  );
  return row?.id;
}

/** Jobs of a kind that wait or run: those for a person, or all. */
export async function openJobs(query: Query, kind: string, userId?: number): Promise<number> {
  const [row] = await query<{ count: number }>(
    "job_add",
    `SELECT count(*) AS count FROM jobs
     WHERE kind = $1 AND ended_at IS NULL AND (user_id = $2 OR $2::bigint IS NULL)`,
    [kind, userId ?? null],
  );
  return row?.count ?? 0;
}

interface LeasedRow {
  id: number;
  kind: string;
  user_id: number | null;
  payload: unknown;
  attempts: number;
  lease: string;
}

/**
 * Leases jobs that are due, the longest waiting first, at most so many of each kind; those of one kind for one person
 * are done one after the other. One whose worker died is due again when its lease is over.
 */
export async function leaseJobs(database: Database, free: ReadonlyMap<string, number>): Promise<LeasedJob[]> {
  const rows = await database.query<LeasedRow>(
    "job_lease",
    `UPDATE jobs SET lease = gen_random_uuid(), leased_until = now() + ${lease}, attempts = attempts + 1,
       began_at = now()
     FROM (
       SELECT due.id FROM unnest($1::text[], $2::int[]) AS free (kind, count), LATERAL (
         SELECT id FROM jobs WHERE kind = free.kind AND ended_at IS NULL AND run_at <= now()
           AND (leased_until IS NULL OR leased_until < now())
           AND NOT EXISTS (SELECT FROM jobs AS earlier WHERE earlier.user_id = jobs.user_id
             AND earlier.kind = jobs.kind AND earlier.id < jobs.id AND earlier.ended_at IS NULL)
         ORDER BY run_at, id LIMIT free.count FOR UPDATE SKIP LOCKED) AS due) AS chosen
     WHERE jobs.id = chosen.id
     RETURNING jobs.id, kind, user_id, payload, attempts, lease::text`,
    [[...free.keys()], [...free.values()]],
  );
  return rows.map(({ user_id, ...row }) => ({ ...row, userId: user_id ?? undefined }));
}

/** Keeps jobs leased; returns the leases that are still valid. The others were cancelled or lost. */
export async function extendLeases(database: Database, leases: readonly string[]): Promise<Set<string>> {
  const rows = await database.query<{ lease: string }>(
    "job_lease",
    `UPDATE jobs SET leased_until = now() + ${lease} WHERE lease = ANY($1::uuid[]) AND ended_at IS NULL
     RETURNING lease::text`,
    [leases],
  );
  return new Set(rows.map((row) => row.lease));
}

/**
 * Ends a job within the transaction of its effects; the row says that the lease still held.
 * Under the lock of the person nobody else works for them, as with updates.
 */
export const endJob = ({ id, lease }: LeasedJob, outcome: "done" | "failed"): Statement => ({
  sql:
    "UPDATE jobs SET ended_at = now(), outcome = $3, lease = NULL, leased_until = NULL " +
    "WHERE id = $1 AND lease = $2::uuid AND ended_at IS NULL RETURNING id",
  values: [id, lease, outcome],
});

export const held = ([ended]: readonly Row[][]): boolean => (ended?.length ?? 0) > 0;

/** Notes why an attempt failed. */
export async function noteError(query: Query, id: number, error: string): Promise<void> {
  await query("job_end", "UPDATE jobs SET error = left($2, 1000) WHERE id = $1", [id, error]);
}

/** Gives a job back for another attempt after a delay. */
export async function retryJob(
  database: Database,
  job: LeasedJob,
  error: string,
  delaySeconds: number,
): Promise<void> {
  await database.query(
    "job_end",
    `UPDATE jobs SET lease = NULL, leased_until = NULL, error = left($3, 1000),
       run_at = now() + make_interval(secs => $4) WHERE id = $1 AND lease = $2::uuid`,
    [job.id, job.lease, error, delaySeconds],
  );
}

/** Gives jobs back untouched, as a worker that stops does. */
export async function returnJobs(database: Database, leases: readonly string[]): Promise<void> {
  if (leases.length === 0) return;
  await database.query(
    "job_end",
    `UPDATE jobs SET lease = NULL, leased_until = NULL, attempts = attempts - 1
     WHERE lease = ANY($1::uuid[]) AND ended_at IS NULL`,
    [leases],
  );
}

/** Cancels a person's job that has not ended; an attempt that runs learns it within seconds. Tells if there was one. */
export async function cancelJob(tx: Transaction, id: number, userId: number): Promise<boolean> {
  const rows = await tx.query(
    "job_end",
    `UPDATE jobs SET ended_at = now(), outcome = 'cancelled', lease = NULL, leased_until = NULL
     WHERE id = $1 AND user_id = $2 AND ended_at IS NULL RETURNING id`,
    [id, userId],
  );
  return rows.length > 0;
}

export interface JobStats {
  readonly kind: string;
  readonly waiting: number;
  /** Seconds that the oldest one is overdue, 0 without one. */
  readonly oldest: number;
}

/** Counts what is due and nobody does; of a dead worker, once its lease is over. */
export async function jobStats(database: Database, kinds: readonly string[]): Promise<JobStats[]> {
  return database.query(
    "job_stats",
    `SELECT kind.kind, count(id)::int AS waiting,
       coalesce(extract(epoch FROM now() - min(run_at)), 0)::float AS oldest
     FROM unnest($1::text[]) AS kind LEFT JOIN jobs
       ON jobs.kind = kind.kind AND ended_at IS NULL AND run_at <= now()
         AND (leased_until IS NULL OR leased_until < now())
     GROUP BY kind.kind`,
    [kinds],
  );
}

/** Deletes what ended a week ago; the last job of each kind stays, and with it the key of the last slot. */
export async function purgeJobs(database: Database): Promise<number> {
  const rows = await database.query(
    "job_end",
    `DELETE FROM jobs WHERE id IN (
       SELECT id FROM jobs WHERE ended_at < now() - interval '7 days'
         AND id < (SELECT max(id) FROM jobs AS later WHERE later.kind = jobs.kind) LIMIT 5000)
     RETURNING id`,
  );
  return rows.length;
}
