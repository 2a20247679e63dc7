import type { Database } from "./pool.ts";

/** Updates that were given up and are still kept. */
export async function countDeadLetters(database: Database): Promise<number> {
  const [row] = await database.query<{ waiting: number }>(
    "dead_letter_stats",
    "SELECT count(*) AS waiting FROM dead_letters",
  );
  return row?.waiting ?? 0;
}
