import type { Query, Statement } from "./pool.ts";

export const jobStates = ["waiting", "running", "done", "failed", "cancelled"] as const;
export type JobState = (typeof jobStates)[number];

/** A job as operators see it: what it works on is in none of it. */
export interface JobRow {
  readonly id: number;
  readonly kind: string;
  readonly user_id: number | null;
  readonly state: JobState;
  readonly attempts: number;
  readonly error: string | null;
  readonly created_at: Date;
  readonly run_at: Date;
  readonly began_at: Date | null;
  readonly ended_at: Date | null;
}

const columns = `id, kind, user_id, attempts, error, created_at, run_at, began_at, ended_at,
  coalesce(outcome, CASE WHEN leased_until >= now() THEN 'running' ELSE 'waiting' END) AS state`;

interface Wanted {
  readonly kind: string | undefined;
  readonly state: JobState | undefined;
  readonly before: number;
  readonly limit: number;
}

/** Jobs before an id, the newest first. */
export const listJobs = (query: Query, { kind, state, before, limit }: Wanted): Promise<JobRow[]> =>
  query(
    "job_admin",
    `SELECT * FROM (SELECT ${columns} FROM jobs) AS jobs
     WHERE id < $1 AND (kind = $2 OR $2::text IS NULL) AND (state = $3 OR $3::text IS NULL)
     ORDER BY id DESC LIMIT $4`,
    [before, kind ?? null, state ?? null, limit],
  );

/** One job, and what it works on. */
export async function readJob(
  query: Query,
  id: number,
): Promise<(JobRow & { readonly payload: unknown }) | undefined> {
  const [row] = await query<JobRow & { readonly payload: unknown }>(
    "job_admin",
    `SELECT ${columns}, payload FROM jobs WHERE id = $1`,
    [id],
  );
  return row;
}

/** Lets a job that failed for good begin anew, and one that waits begin now; undefined when it is neither. */
export async function runAgain(query: Query, id: number): Promise<JobRow | undefined> {
  const [row] = await query<JobRow>(
    "job_admin",
    `UPDATE jobs SET ended_at = NULL, outcome = NULL, attempts = 0, run_at = now(), lease = NULL, leased_until = NULL
     WHERE id = $1 AND (outcome = 'failed' OR outcome IS NULL AND (leased_until IS NULL OR leased_until < now()))
     RETURNING ${columns}`,
    [id],
  );
  return row;
}

/** Ends a job that has not ended; an attempt that runs learns it within seconds. The row says that there was one. */
export const cancel = (id: number): Statement => ({
  sql:
    "UPDATE jobs SET ended_at = now(), outcome = 'cancelled', lease = NULL, leased_until = NULL " +
    `WHERE id = $1 AND ended_at IS NULL RETURNING ${columns}`,
  values: [id],
});
