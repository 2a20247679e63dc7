import pg from "pg";
import type { Query } from "./pool.ts";

/**
 * create: a backup. restore: one takes the place of the live database, which is kept. rollback: the two change places
 * again. confirm: the one that is kept is dropped.
 */
export const requestKinds = ["create", "restore", "confirm", "rollback"] as const;
export type RequestKind = (typeof requestKinds)[number];
export const requestStates = ["waiting", "running", "done", "failed"] as const;
/** Who wanted a backup: somebody, or the clock. */
export const backupCauses = ["manual", "daily", "weekly"] as const;
export type BackupCause = (typeof backupCauses)[number];

export interface BackupRequest {
  readonly id: number;
  readonly kind: RequestKind;
  readonly cause: BackupCause;
  /** Of the backup. */
  readonly name: string | null;
  readonly state: (typeof requestStates)[number];
  readonly attempts: number;
  readonly step: string | null;
  readonly bytes: number | null;
  readonly total_bytes: number | null;
  readonly error: string | null;
  readonly asked_at: Date;
  readonly began_at: Date | null;
  readonly ended_at: Date | null;
}

export interface NewRequest {
  readonly kind: RequestKind;
  readonly cause: BackupCause;
  readonly name?: string;
  /** A second request with the same key is not made. */
  readonly key?: string;
}

const columns =
  "id, kind, cause, name, state, attempts, step, bytes, total_bytes, error, asked_at, began_at, ended_at";
/** What the clock asked for is tried so often, so far apart. */
const TRIES = 3;
const RETRY = "interval '5 minutes'";
/** A process that did not say for so long that it works is gone. */
const GONE = "interval '2 minutes'";
/** A service that was not there for so long does nothing. */
const ABSENT = "interval '1 minute'";
const KEPT = "interval '90 days'";

/** Asks for something; undefined when the key is known. Old requests are forgotten. */
export async function addRequest(query: Query, request: NewRequest): Promise<BackupRequest | undefined> {
  const { kind, cause, name = null, key = null } = request;
  const [row] = await query<BackupRequest>(
    "backup_request",
    `WITH old AS (DELETE FROM backup_requests WHERE ended_at < now() - ${KEPT})
     INSERT INTO backup_requests (kind, cause, name, key) VALUES ($1, $2, $3, $4)
     ON CONFLICT (key) DO NOTHING RETURNING ${columns}`,
    [kind, cause, name, key],
  );
  return row;
}

/** Those that wait or run, the oldest first. */
export const openRequests = (query: Query): Promise<BackupRequest[]> =>
  query(
    "backup_request",
    `SELECT ${columns} FROM backup_requests WHERE state IN ('waiting', 'running') ORDER BY id`,
  );

/** Those that ended last, the newest first. */
export const endedRequests = (query: Query, limit: number): Promise<BackupRequest[]> =>
  query(
    "backup_request",
    `SELECT ${columns} FROM backup_requests WHERE state IN ('done', 'failed') ORDER BY id DESC LIMIT $1`,
    [limit],
  );

const failing = `error = $2, step = NULL, bytes = NULL, total_bytes = NULL,
  state = CASE WHEN cause <> 'manual' AND attempts < ${TRIES} THEN 'waiting' ELSE 'failed' END,
  ended_at = CASE WHEN cause <> 'manual' AND attempts < ${TRIES} THEN NULL ELSE now() END,
  run_at = now() + ${RETRY}`;

/**
 * Takes up the oldest request of these kinds that is due, unless another one runs. One whose process is gone has failed
 * by then.
 */
export async function takeRequest(
  query: Query,
  kinds: readonly RequestKind[],
): Promise<BackupRequest | undefined> {
  await query(
    "backup_request",
    `UPDATE backup_requests SET ${failing}
     WHERE state = 'running' AND beat_at < now() - ${GONE} AND kind = ANY ($1)`,
    [kinds, "interrupted: the process that did it is gone"],
  );
  try {
    const [row] = await query<BackupRequest>(
      "backup_request",
      `UPDATE backup_requests SET state = 'running', attempts = attempts + 1, began_at = now(), beat_at = now(), error = NULL
       WHERE id = (SELECT id FROM backup_requests WHERE state = 'waiting' AND kind = ANY ($1) AND run_at <= now()
                   ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
       AND NOT EXISTS (SELECT FROM backup_requests WHERE state = 'running') RETURNING ${columns}`,
      [kinds],
    );
    return row;
  } catch (error) {
    // Somebody else was faster.
    if (error instanceof pg.DatabaseError && error.code === "23505") return undefined;
    throw error;
  }
}

/** Tells how far a request is, and that its process is there. */
export async function noteProgress(
  query: Query,
  id: number,
  step: string | undefined,
  bytes: number | undefined,
  total: number | undefined,
): Promise<void> {
  await query(
    "backup_request",
    `UPDATE backup_requests SET step = $2, bytes = $3, total_bytes = $4, beat_at = now()
     WHERE id = $1 AND state = 'running'`,
    [id, step ?? null, bytes ?? null, total ?? null],
  );
}

/** A request ended well; `name` is that of the backup. */
export async function endRequest(query: Query, id: number, name: string | null): Promise<void> {
  await query(
    "backup_request",
    `UPDATE backup_requests SET state = 'done', ended_at = now(), name = coalesce($2, name), step = NULL WHERE id = $1`,
    [id, name],
  );
}

/** A request failed. What the clock asked for comes again, a few times. */
export async function failRequest(query: Query, id: number, error: string): Promise<void> {
  await query("backup_request", `UPDATE backup_requests SET ${failing} WHERE id = $1`, [
    id,
    error.slice(0, 500),
  ]);
}

/** A request could not begin, for something else goes on: it is due again soon. */
export async function postponeRequest(query: Query, id: number): Promise<void> {
  await query(
    "backup_request",
    `UPDATE backup_requests SET state = 'waiting', attempts = attempts - 1, began_at = NULL,
       run_at = now() + interval '10 seconds' WHERE id = $1`,
    [id],
  );
}

/** Says that somebody takes up requests of these kinds. */
export async function noteService(query: Query, kinds: readonly RequestKind[]): Promise<void> {
  await query(
    "backup_request",
    `INSERT INTO backup_services (kind, seen_at) SELECT kind, now() FROM unnest($1::text[]) AS kind
     ON CONFLICT (kind) DO UPDATE SET seen_at = excluded.seen_at`,
    [kinds],
  );
}

/** The kinds of requests that somebody takes up right now. */
export async function servedKinds(query: Query): Promise<RequestKind[]> {
  const rows = await query<{ kind: RequestKind }>(
    "backup_request",
    `SELECT kind FROM backup_services WHERE seen_at > now() - ${ABSENT}`,
  );
  return rows.map(({ kind }) => kind);
}
