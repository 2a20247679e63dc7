import type { Database, Statement } from "./pool.ts";

/**
 * Notes that an update has arrived; the row says whether it is `fresh`. A repeat writes as well, so that its commit too
 * waits for the standby: the first commit may have been cut while it waited.
 */
export const receive = (updateId: number, userId: number): Statement => ({
  sql:
    "INSERT INTO receipts (update_id, user_id) VALUES ($1, $2) " +
    "ON CONFLICT (update_id) DO UPDATE SET repeats = receipts.repeats + 1 RETURNING repeats = 0 AS fresh",
  values: [updateId, userId],
});

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
