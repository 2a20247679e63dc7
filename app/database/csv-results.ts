import type { Query } from "./pool.ts";

/** Days for which results are kept. */
export const keptDays = 30;
/** Bytes of a person's results together, compressed. */
const keptBytes = 50 * 1024 * 1024;

export interface CsvResult {
  readonly id: number;
  readonly name: string;
  readonly rows: number;
  readonly summary: string;
  readonly createdAt: Date;
}

const columns = 'id, name, rows, summary, created_at AS "createdAt"';

export async function addResult(
  query: Query,
  result: Pick<CsvResult, "name" | "rows" | "summary"> & { readonly userId: number },
): Promise<number> {
  const [row] = await query<{ id: number }>(
    "csv_write",
    "INSERT INTO csv_results (user_id, name, rows, summary) VALUES ($1, $2, $3, $4) RETURNING id",
    [result.userId, result.name, result.rows, result.summary],
  );
  if (row === undefined) throw new Error("the database gave no id for a result");
  return row.id;
}

/** Deletes the oldest results of a person that there is no room for; returns their names. */
export async function makeRoom(query: Query, userId: number, most: number): Promise<string[]> {
  const rows = await query<{ name: string }>(
    "csv_write",
    `DELETE FROM csv_results USING (
       SELECT id, row_number() OVER newest AS place, sum(bytes) OVER newest AS total
       FROM csv_results, LATERAL (
         SELECT coalesce(sum(octet_length(bytes)), 0) AS bytes
         FROM files JOIN file_pieces ON file_id = files.id WHERE csv_result_id = csv_results.id) AS own
       WHERE user_id = $1 WINDOW newest AS (ORDER BY id DESC)) AS kept
     WHERE csv_results.id = kept.id AND (place > $2 OR place > 1 AND total > $3) RETURNING name`,
    [userId, most, keptBytes],
  );
  return rows.map(({ name }) => name);
}

/** Results of a person, the newest first, and whether there are more after them. */
export async function listResults(
  query: Query,
  userId: number,
  page: number,
  size: number,
): Promise<{ readonly results: CsvResult[]; readonly more: boolean }> {
  const results = await query<{ -readonly [K in keyof CsvResult]: CsvResult[K] }>(
    "csv_read",
    `SELECT ${columns} FROM csv_results WHERE user_id = $1 ORDER BY id DESC LIMIT $2 OFFSET $3`,
    [userId, size + 1, page * size],
  );
  return { results: results.slice(0, size), more: results.length > size };
}

/** A result of this person; undefined when it is gone, or somebody else's. */
export async function findResult(query: Query, userId: number, id: number): Promise<CsvResult | undefined> {
  const [row] = await query<{ -readonly [K in keyof CsvResult]: CsvResult[K] }>(
    "csv_read",
    `SELECT ${columns} FROM csv_results WHERE user_id = $1 AND id = $2`,
    [userId, id],
  );
  return row;
}

/** Ids of the files of a result: the picture and the table, as far as there were some. */
export async function filesOfResult(
  query: Query,
  id: number,
): Promise<{ readonly picture: number | undefined; readonly table: number | undefined }> {
  const rows = await query<{ id: number; mime: string }>(
    "csv_read",
    "SELECT id, mime FROM files WHERE csv_result_id = $1",
    [id],
  );
  const ofType = (type: string) => rows.find(({ mime }) => mime === type)?.id;
  return { picture: ofType("image/png"), table: ofType("text/csv") };
}

/** Deletes a result of this person with its files; false when there was none. */
export async function deleteResult(query: Query, userId: number, id: number): Promise<boolean> {
  const rows = await query(
    "csv_write",
    "DELETE FROM csv_results WHERE user_id = $1 AND id = $2 RETURNING id",
    [userId, id],
  );
  return rows.length > 0;
}

/** Deletes results whose time is over, with their files; returns how many. */
export async function purgeResults(query: Query): Promise<number> {
  const rows = await query(
    "csv_write",
    `DELETE FROM csv_results WHERE created_at < now() - make_interval(days => $1) RETURNING id`,
    [keptDays],
  );
  return rows.length;
}
