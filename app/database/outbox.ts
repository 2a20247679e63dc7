import { z } from "zod";
import type { ApiMethod } from "../metric-labels.ts";
import type { Database, Row, Statement } from "./pool.ts";

/** A call to the Bot API that has to be made. Within a chat the calls leave in the order of `id`. */
export interface Call {
  readonly chatId: number;
  readonly method: string;
  readonly payload: string; // JSON
}

/** A call in a chat; `fields` are those besides the chat. */
export const callTo = (chatId: number, method: ApiMethod, fields: object): Call => ({
  chatId,
  method,
  payload: JSON.stringify({ chat_id: chatId, ...fields }),
});

export interface Entry extends Call {
  readonly id: number;
  readonly attempts: number;
  readonly ageSeconds: number;
}

/** What became of the entries of one chat that somebody had leased. */
export interface Result {
  readonly chatId: number;
  readonly sent: readonly number[];
  readonly refused: readonly { readonly id: number; readonly error: string }[];
  /** These stay, and none of the chat leaves before the delay is over. */
  readonly left: readonly number[];
  readonly delaySeconds: number;
  /** Stored files whose calls are sent or refused. */
  readonly files: readonly number[];
  /** Telegram said that the person blocked the bot. */
  readonly blocked: boolean;
}

/** Longer than any sender keeps on with one chat (see `leaseBudget`). */
const lease = "interval '30 seconds'";
/** Time in which a sender is through with the entries of one lease, in milliseconds; it leaves the rest. */
export const leaseBudget = 25_000;
/** Calls older than this are given up: Telegram itself gives up an update after the same time. */
export const expirySeconds = 86_400;

const entry = z.object({
  id: z.number(),
  chat_id: z.number(),
  method: z.string(),
  payload: z.string(),
  attempts: z.number(),
  age: z.coerce.number(),
});

const columns =
  "id, chat_id, method, payload::text AS payload, attempts, " +
  "extract(epoch FROM clock_timestamp() - created_at) AS age";

export function parseEntries(rows: readonly Row[]): Entry[] {
  return rows
    .map((row) => entry.parse(row))
    .map(({ chat_id, age, ...rest }) => ({ ...rest, chatId: chat_id, ageSeconds: age }))
    .sort((a, b) => a.id - b.id);
}

/** Asks whether calls of the chat wait already. */
export const selectWaiting = (chatId: number): Statement => ({
  sql: "SELECT EXISTS (SELECT FROM outbox WHERE chat_id = $1 AND failed_at IS NULL) AS waiting",
  values: [chatId],
});

/**
 * The statement that adds calls at the end of a transaction. Those for `leasedChat` belong to the caller at
 * once, who sends them after the commit; all others wait for `claim`.
 */
export function addCalls(
  updateId: number | undefined,
  calls: readonly Call[],
  leasedChat: number | undefined,
): Statement {
  return {
    sql:
      "INSERT INTO outbox (update_id, chat_id, method, payload, leased_until) " +
      "SELECT $1, chat_id, method, payload, " +
      `CASE WHEN chat_id = $5 THEN clock_timestamp() + ${lease} END ` +
      "FROM unnest($2::bigint[], $3::text[], $4::json[]) WITH ORDINALITY AS c(chat_id, method, payload, n) " +
      `ORDER BY n RETURNING ${columns}`,
    values: [
      updateId ?? null,
      calls.map(({ chatId }) => chatId),
      calls.map(({ method }) => method),
      calls.map(({ payload }) => payload),
      leasedChat ?? null,
    ],
  };
}

/**
 * Leases all calls of a chat, or none when they have to wait or somebody else is `busy` with them. The chat's
 * lock is the person's lock (the id of a private chat is that of the person), so nobody adds or claims meanwhile.
 * Notes of what was sent take no lock: whoever was busy may be done between the two statements, so what was leased
 * decides.
 */
export async function claim(
  database: Database,
  chatId: number,
): Promise<{ entries: Entry[]; busy: boolean }> {
  const [, , , , , busy, rows] = await database.batch("outbox_claim", [
    "BEGIN; SET LOCAL lock_timeout = '3s'; SET LOCAL statement_timeout = '5s'; " +
      "SET LOCAL synchronous_commit = off; " +
      `SELECT pg_advisory_xact_lock(${chatId}); ` +
      `SELECT EXISTS (SELECT FROM outbox WHERE chat_id = ${chatId} AND failed_at IS NULL ` +
      "AND leased_until > clock_timestamp()) AS busy; " +
      `UPDATE outbox SET leased_until = clock_timestamp() + ${lease} ` +
      `WHERE chat_id = ${chatId} AND failed_at IS NULL AND NOT EXISTS (` +
      `SELECT FROM outbox WHERE chat_id = ${chatId} AND failed_at IS NULL ` +
      "AND (leased_until > clock_timestamp() OR next_at > clock_timestamp())) " +
      `RETURNING ${columns}; COMMIT`,
  ]);
  const entries = parseEntries(rows ?? []);
  return { entries, busy: entries.length === 0 && busy?.[0]?.["busy"] === true };
}

/** Chats whose calls wait for a sender, the longest waiting first. */
export async function dueChats(database: Database, limit: number): Promise<number[]> {
  const rows = await database.query<{ chat_id: number }>(
    "outbox_claim",
    "SELECT chat_id FROM outbox WHERE failed_at IS NULL GROUP BY chat_id " +
      "HAVING max(next_at) <= now() AND coalesce(max(leased_until), '-infinity') <= now() " +
      "ORDER BY min(id) LIMIT $1",
    [limit],
  );
  return rows.map(({ chat_id }) => chat_id);
}

/**
 * Takes note of what was sent. Many updates end at the same time, so their notes share one round trip: while
 * one is under way, the next ones collect. Not waiting for the disk is right here: when the note is lost in a
 * crash, a message is sent twice, which the promise allows.
 */
export function createNotes(database: Database): (result: Result) => Promise<void> {
  let collected: Result[] = [];
  let next: Promise<void> | undefined;
  let running: Promise<unknown> = Promise.resolve();

  async function flush(): Promise<void> {
    await running.catch(() => undefined);
    const results = collected;
    collected = [];
    next = undefined;
    running = write(results);
    await running;
  }

  async function write(results: readonly Result[]): Promise<void> {
    const left = results.filter((result) => result.left.length > 0);
    const blocked = results.filter((result) => result.blocked);
    const files = results.flatMap((result) => result.files);
    const statements: Statement[] = [
      {
        sql: "DELETE FROM outbox WHERE id = ANY($1::bigint[])",
        values: [results.flatMap(({ sent }) => sent)],
      },
      ...left.map(({ left: ids, delaySeconds }) => ({
        sql:
          "UPDATE outbox SET leased_until = NULL, attempts = attempts + 1, " +
          "next_at = clock_timestamp() + make_interval(secs => $2) WHERE id = ANY($1::bigint[])",
        values: [ids, Math.ceil(delaySeconds)],
      })),
      ...(files.length === 0
        ? []
        : [
            { sql: "DELETE FROM files WHERE id = ANY($1::bigint[]) AND keep_until IS NULL", values: [files] },
          ]),
      ...(blocked.length === 0
        ? []
        : [
            {
              sql: "UPDATE users SET blocked_at = now() WHERE id = ANY($1::bigint[])",
              values: [blocked.map((b) => b.chatId)],
            },
          ]),
    ];
    await database.batch("outbox_done", [
      "BEGIN; SET LOCAL synchronous_commit = off",
      ...statements,
      "COMMIT",
    ]);
    const refused = results.flatMap((result) => result.refused);
    if (refused.length > 0) {
      await database.query(
        "outbox_done",
        "UPDATE outbox SET failed_at = now(), leased_until = NULL, error = r.error " +
          "FROM unnest($1::bigint[], $2::text[]) AS r(id, error) WHERE outbox.id = r.id",
        [refused.map(({ id }) => id), refused.map(({ error }) => error)],
      );
    }
  }

  return (result) => {
    collected.push(result);
    next ??= flush();
    return next;
  };
}

/** Calls that wait, and the age of the oldest in seconds. */
export async function outboxStats(database: Database): Promise<{ pending: number; oldest: number }> {
  const [row] = await database.query<{ pending: number; oldest: number }>(
    "outbox_stats",
    "SELECT count(*) AS pending, coalesce(extract(epoch FROM now() - min(created_at)), 0)::float AS oldest " +
      "FROM outbox WHERE failed_at IS NULL",
  );
  return row ?? { pending: 0, oldest: 0 };
}

/** Deletes refused calls after a week. */
export async function purgeRefused(database: Database): Promise<void> {
  await database.query("outbox_done", "DELETE FROM outbox WHERE failed_at < now() - interval '7 days'");
}
