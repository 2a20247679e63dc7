import type { Database } from "./pool.ts";

/**
 * Statements that open the work on an update, for `Database.begin`. After the lock nobody else works for this
 * person, on any replica. A repeat writes as well, so that its commit too waits for the standby: the first
 * commit may have been cut while it waited.
 * Ids are whole numbers, checked when the update was parsed.
 */
export function receive(updateId: number, userId: number): string {
  return (
    `SELECT pg_advisory_xact_lock(${userId}); ` +
    `INSERT INTO receipts (update_id, user_id) VALUES (${updateId}, ${userId}) ` +
    `ON CONFLICT (update_id) DO UPDATE SET repeats = receipts.repeats + 1 RETURNING repeats = 0 AS fresh`
  );
}

/** Telegram keeps an update for 24 h; twice that is safe. */
const purge =
  "DELETE FROM receipts WHERE update_id IN (SELECT update_id FROM receipts " +
  "WHERE received_at < now() - interval '48 hours' LIMIT 5000 FOR UPDATE SKIP LOCKED) RETURNING update_id";

/**
 * Deletes what no repeat can ask for any more, in batches that hold no lock for long; returns how many. Several
 * workers share the work.
 */
export async function purgeReceipts(database: Database): Promise<number> {
  let total = 0;
  for (;;) {
    const deleted = (await database.query("receipts_purge", purge)).length;
    total += deleted;
    if (deleted < 5000) return total;
  }
}
