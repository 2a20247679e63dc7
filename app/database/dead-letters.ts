import type { Database, Query, Statement } from "./pool.ts";

/** Updates that were given up and are still kept. */
export async function countDeadLetters(database: Database): Promise<number> {
  const [row] = await database.query<{ waiting: number }>(
    "dead_letter_stats",
    "SELECT count(*) AS waiting FROM dead_letters",
  );
  return row?.waiting ?? 0;
}

/** An update that was given up; what people wrote is in none of it. */
export interface DeadLetter {
  readonly update_id: number;
  readonly user_id: number;
  readonly error: string;
  readonly failed_at: Date;
}

/** Those before an id, the newest first. */
export const listDeadLetters = (query: Query, before: number, limit: number): Promise<DeadLetter[]> =>
  query(
    "dead_letter_stats",
    `SELECT update_id, user_id, error, failed_at FROM dead_letters WHERE update_id < $1
     ORDER BY update_id DESC LIMIT $2`,
    [before, limit],
  );

/** The update itself. */
export async function readDeadLetter(query: Query, updateId: number): Promise<unknown> {
  const [row] = await query<{ body: unknown }>(
    "dead_letter_stats",
    "SELECT body FROM dead_letters WHERE update_id = $1",
    [updateId],
  );
  return row?.body;
}

/** Takes it away within the transaction that does it; the row says that it was there. */
export const takeDeadLetter = (updateId: number): Statement => ({
  sql: "DELETE FROM dead_letters WHERE update_id = $1 RETURNING true AS fresh",
  values: [updateId],
});
