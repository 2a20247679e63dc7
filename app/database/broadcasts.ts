import type { Query } from "./pool.ts";

/** Who can be chosen to hear of something. */
const conditions = {
  all: "true",
  active: "last_active > now() - interval '30 days'",
  searching: "is_searching",
  premium: "premium_until > now()",
  participant: "user_type = 'participant'",
  cofounder: "user_type = 'cofounder'",
  team: "user_type = 'team'",
  en: "language = 'en'",
  ru: "language = 'ru'",
} as const;
export type Audience = keyof typeof conditions;
export const audiences = Object.keys(conditions) as Audience[];

/** News go only to people who can be reached and want them. */
const reachable = "deleted_at IS NULL AND blocked_at IS NULL AND notifications";

export interface Broadcast {
  readonly id: number;
  readonly adminId: number;
  readonly messageId: number | null;
  readonly audience: Audience | null;
  readonly state: "draft" | "running" | "stopped" | "done";
  readonly statusMessageId: number | null;
  readonly total: number;
  readonly lastId: number;
  readonly unsent: readonly number[];
  readonly tries: number;
  readonly sent: number;
  readonly blocked: number;
  readonly failed: number;
}

const columns =
  'id, admin_id AS "adminId", message_id AS "messageId", audience, state, status_message_id AS "statusMessageId", ' +
  'total, last_id AS "lastId", unsent::text[], tries, sent, blocked, failed';

/** The driver reads lists of bigint as texts. */
type Stored = Omit<Broadcast, "unsent"> & { readonly unsent: readonly string[] };
const parse = (row: Stored | undefined): Broadcast | undefined =>
  row && { ...row, unsent: row.unsent.map(Number) };

/** How many people there are in each audience. */
export async function countAudiences(query: Query): Promise<Record<Audience, number>> {
  const counts = audiences.map((name) => `count(*) FILTER (WHERE ${conditions[name]}) AS "${name}"`);
  const [row] = await query<Record<Audience, number>>(
    "broadcast_count",
    `SELECT ${counts.join(", ")} FROM users WHERE ${reachable}`,
  );
  if (row === undefined) throw new Error("a count has always a row");
  return row;
}

/** The next people of an audience, in the order of their ids. */
export async function nextRecipients(
  query: Query,
  audience: Audience,
  after: number,
  limit: number,
): Promise<number[]> {
  const rows = await query<{ id: number }>(
    "broadcast_next",
    `SELECT id FROM users WHERE id > $1 AND ${reachable} AND ${conditions[audience]} ORDER BY id LIMIT $2`,
    [after, limit],
  );
  return rows.map(({ id }) => id);
}

/** Begins a new draft in place of the admin's last one. */
export async function draftBroadcast(
  query: Query,
  adminId: number,
  messageId: number | null,
): Promise<number> {
  await dropDraft(query, adminId);
  const [row] = await query<{ id: number }>(
    "broadcast_write",
    "INSERT INTO broadcasts (admin_id, message_id) VALUES ($1, $2) RETURNING id",
    [adminId, messageId],
  );
  if (row === undefined) throw new Error("an insert has always a row");
  return row.id;
}

/** Returns whether there was one. */
export async function dropDraft(query: Query, adminId: number): Promise<boolean> {
  const sql = "DELETE FROM broadcasts WHERE admin_id = $1 AND state = 'draft' RETURNING id";
  return (await query("broadcast_write", sql, [adminId])).length > 0;
}

/** Gives the message to a draft that waits for it, for at most an hour. */
export async function giveMessage(
  query: Query,
  adminId: number,
  messageId: number,
): Promise<number | undefined> {
  const [row] = await query<{ id: number }>(
    "broadcast_write",
    `UPDATE broadcasts SET message_id = $2 WHERE admin_id = $1 AND state = 'draft' AND message_id IS NULL
       AND created_at > now() - interval '1 hour' RETURNING id`,
    [adminId, messageId],
  );
  return row?.id;
}

/** Chooses who gets a draft; returns it, undefined when it is no draft any more. */
export async function chooseAudience(
  query: Query,
  id: number,
  adminId: number,
  audience: Audience,
): Promise<Broadcast | undefined> {
  const [row] = await query<Stored>(
    "broadcast_write",
    `UPDATE broadcasts SET audience = $3 WHERE id = $1 AND admin_id = $2 AND state = 'draft'
       AND message_id IS NOT NULL RETURNING ${columns}`,
    [id, adminId, audience],
  );
  return parse(row);
}

/** Lets a draft run; undefined when it is none any more. */
export async function startBroadcast(
  query: Query,
  id: number,
  adminId: number,
  statusMessageId: number,
): Promise<Broadcast | undefined> {
  const [draft] = await query<{ audience: Audience }>(
    "broadcast_write",
    "SELECT audience FROM broadcasts WHERE id = $1 AND admin_id = $2 AND state = 'draft' AND audience IS NOT NULL",
    [id, adminId],
  );
  if (draft === undefined) return undefined;
  const total = (await countAudiences(query))[draft.audience];
  const [row] = await query<Stored>(
    "broadcast_write",
    `UPDATE broadcasts SET state = 'running', total = $2, status_message_id = $3 WHERE id = $1
     RETURNING ${columns}`,
    [id, total, statusMessageId],
  );
  return parse(row);
}

export async function readBroadcast(query: Query, id: number): Promise<Broadcast | undefined> {
  const sql = `SELECT ${columns} FROM broadcasts WHERE id = $1`;
  return parse((await query<Stored>("broadcast_read", sql, [id]))[0]);
}

export async function runningBroadcast(query: Query): Promise<Broadcast | undefined> {
  const sql = `SELECT ${columns} FROM broadcasts WHERE state = 'running'`;
  return parse((await query<Stored>("broadcast_read", sql))[0]);
}

/** Ends a broadcast that runs; returns it as it is then, whoever ended it. */
export async function endBroadcast(
  query: Query,
  id: number,
  state: "stopped" | "done",
): Promise<Broadcast | undefined> {
  await query(
    "broadcast_write",
    "UPDATE broadcasts SET state = $2, ended_at = now() WHERE id = $1 AND state = 'running'",
    [id, state],
  );
  return readBroadcast(query, id);
}

/** What became of some people. */
export interface Progress {
  readonly lastId: number;
  readonly unsent: readonly number[];
  readonly tries: number;
  readonly sent: number;
  readonly blocked: readonly number[];
  readonly failed: number;
}

/** Notes progress; undefined when somebody else got further meanwhile. */
export async function noteProgress(
  query: Query,
  before: Broadcast,
  { lastId, unsent, tries, sent, blocked, failed }: Progress,
): Promise<Broadcast | undefined> {
  const [row] = await query<Stored>(
    "broadcast_write",
    `WITH noted AS (
       UPDATE broadcasts SET last_id = $2, unsent = $3, tries = $4, sent = sent + $5,
         blocked = blocked + cardinality($6::bigint[]), failed = failed + $7
       WHERE id = $1 AND last_id = $8 AND unsent = $9::bigint[] RETURNING ${columns}),
     marked AS (UPDATE users SET blocked_at = now() FROM noted WHERE users.id = ANY($6))
     SELECT * FROM noted`,
    [before.id, lastId, unsent, tries, sent, blocked, failed, before.lastId, before.unsent],
  );
  return parse(row);
}
