import type { Database, Query, Transaction } from "../database/pool.ts";

/** So long what was said is kept, and known to the mentor. */
const KEPT = "interval '30 days'";
const today = "(now() AT TIME ZONE 'UTC')::date";

/** A question and its answer. */
export interface Exchange {
  readonly question: string;
  readonly answer: string;
}

/** Makes the coming partitions of the history, and drops those that are over. Returns their names. */
export async function keepPartitions(
  database: Database,
  date: Date,
): Promise<{ made: string[]; dropped: string[] }> {
  const [row] = await database.query<{ made: string[] | null; dropped: string[] | null }>(
    "mentor_partitions",
    "SELECT made, dropped FROM mentor_partitions($1::date)",
    [date.toISOString().slice(0, 10)],
  );
  return { made: row?.made ?? [], dropped: row?.dropped ?? [] };
}

/** Makes the partition of this month when the job that does it ahead has not run for months. */
export async function ensurePartition(database: Database): Promise<void> {
  const name = `to_char(${today}, '"mentor_history_"YYYY_MM')`;
  await database.query(
    "mentor_partitions",
    `SELECT mentor_partitions(${today}) WHERE to_regclass(${name}) IS NULL`,
  );
}

/** Whether a question of the person is being answered. */
export async function isThinking(query: Query, userId: number): Promise<boolean> {
  const rows = await query(
    "mentor_read",
    `SELECT FROM mentor_questions q JOIN jobs ON jobs.id = q.job_id
     WHERE q.user_id = $1 AND jobs.ended_at IS NULL`,
    [userId],
  );
  return rows.length > 0;
}

/** Questions of today that count. */
export async function questionsToday(query: Query, userId: number): Promise<number> {
  const [row] = await query<{ questions: number }>(
    "mentor_read",
    `SELECT questions FROM mentor_usage WHERE user_id = $1 AND day = ${today}`,
    [userId],
  );
  return row?.questions ?? 0;
}

/** Counts one more question of today; `false` when these were all. */
export async function countQuestion(tx: Transaction, userId: number, limit: number): Promise<boolean> {
  const rows = await tx.query(
    "mentor_write",
    `INSERT INTO mentor_usage (user_id, day, questions) VALUES ($1, ${today}, 1)
     ON CONFLICT (user_id, day) DO UPDATE SET questions = mentor_usage.questions + 1
       WHERE mentor_usage.questions < $2
     RETURNING questions`,
    [userId, limit],
  );
  return rows.length > 0;
}

/** Keeps the question until the job answers it, in place of one whose job has ended without that. */
export async function storeQuestion(
  tx: Transaction,
  userId: number,
  jobId: number,
  question: string,
): Promise<void> {
  await tx.query(
    "mentor_write",
    `INSERT INTO mentor_questions (user_id, job_id, question, asked_on) VALUES ($1, $2, $3, ${today})
     ON CONFLICT (user_id) DO UPDATE
       SET job_id = excluded.job_id, question = excluded.question, asked_on = excluded.asked_on`,
    [userId, jobId, question],
  );
}

/** The question that is being answered, and the last exchanges before it, the newest first. */
export async function recall(
  database: Database,
  userId: number,
  exchanges: number,
): Promise<{ question: string; language: string; before: readonly Exchange[] } | undefined> {
  const [open] = await database.query<{ question: string; language: string }>(
    "mentor_read",
    `SELECT question, coalesce(chosen_language, language) AS language
     FROM mentor_questions JOIN users ON users.id = user_id WHERE user_id = $1`,
    [userId],
  );
  if (open === undefined) return undefined;
  const before = await database.query<{ question: string; answer: string }>(
    "mentor_read",
    `SELECT question, answer FROM mentor_history WHERE user_id = $1 AND created_at > now() - ${KEPT}
     ORDER BY created_at DESC LIMIT $2`,
    [userId, exchanges],
  );
  return { ...open, before };
}

/** Ends the question with its answer, which becomes a part of the history. */
export async function remember(
  tx: Transaction,
  userId: number,
  answer: string,
  tokens: number,
): Promise<void> {
  await tx.query(
    "mentor_write",
    `WITH open AS (DELETE FROM mentor_questions WHERE user_id = $1 RETURNING question, asked_on),
       counted AS (UPDATE mentor_usage SET tokens = tokens + $3 FROM open
                   WHERE user_id = $1 AND day = open.asked_on)
     INSERT INTO mentor_history (user_id, question, answer, tokens) SELECT $1, question, $2, $3 FROM open`,
    [userId, answer, tokens],
  );
}

/** Ends the question without an answer; it does not count. */
export async function giveBack(tx: Transaction, userId: number): Promise<void> {
  await tx.query(
    "mentor_write",
    `WITH open AS (DELETE FROM mentor_questions WHERE user_id = $1 RETURNING asked_on)
     UPDATE mentor_usage SET questions = questions - 1 FROM open WHERE user_id = $1 AND day = open.asked_on`,
    [userId],
  );
}

/** Ends the question, which counts all the same; returns its job. */
export async function dropQuestion(tx: Transaction, userId: number): Promise<number | undefined> {
  const [row] = await tx.query<{ job_id: number }>(
    "mentor_write",
    "DELETE FROM mentor_questions WHERE user_id = $1 RETURNING job_id",
    [userId],
  );
  return row?.job_id;
}

/** Deletes what was said; returns the number of answers. What was used of today's questions stays. */
export async function forgetHistory(tx: Transaction, userId: number): Promise<number> {
  const rows = await tx.query("mentor_write", "DELETE FROM mentor_history WHERE user_id = $1 RETURNING 1", [
    userId,
  ]);
  return rows.length;
}

/** Deletes the counts of days that are over for long. */
export async function purgeUsage(database: Database): Promise<void> {
  await database.query("mentor_write", `DELETE FROM mentor_usage WHERE day < ${today} - 30`);
}
