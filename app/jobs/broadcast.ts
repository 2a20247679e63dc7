import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import {
  endBroadcast,
  nextRecipients,
  noteProgress,
  readBroadcast,
  type Broadcast,
} from "../database/broadcasts.ts";
import { addJob } from "../database/jobs.ts";
import { callTo, type Call } from "../database/outbox.ts";
import type { Query } from "../database/pool.ts";
import { broadcastStatus } from "../features/broadcast-text.ts";
import { messageOptions } from "../features/say.ts";
import type { TelegramApi } from "../telegram/api.ts";
import { locales, translator, type Locale } from "../telegram/texts.ts";
import { jobKind, type Conclusion } from "./job.ts";

/**
 * So many people at once, then their fate is noted: a worker that is killed sends twice to these at most. Five in 200 ms
 * are 25 a second, below the 30 that Telegram allows for news.
 */
const BATCH = 5;
const BATCH_MS = 200;
/** Milliseconds of one job, which adds the next. With one more call it ends in the time that a worker has to stop. */
const JOB_MS = 4000;
/** Tries without an answer, 17 minutes in all, after which people count as failed. */
const TRIES = 20;

const payload = z.object({ id: z.number(), locale: z.enum(locales) });

type Fate = "sent" | "blocked" | "failed" | "gone" | { readonly retryAfter: number | undefined };

async function send(api: TelegramApi, { adminId, messageId }: Broadcast, userId: number): Promise<Fate> {
  const copy = { chat_id: userId, from_chat_id: adminId, message_id: messageId };
  const answer = await api.call("copyMessage", JSON.stringify(copy));
  if (answer.ok) return "sent";
  if (answer.code === 403) return "blocked";
  if (answer.code === 429) return { retryAfter: answer.retryAfter ?? 1 };
  if (answer.code !== 400) return { retryAfter: undefined };
  return /message to copy not found|can't be copied/i.test(answer.description) ? "gone" : "failed";
}

/** What a round of sending came to. */
interface Round {
  /** Undefined when it is no longer ours. */
  readonly after: Broadcast | undefined;
  /** The message was deleted, or is of a kind that cannot be copied. */
  readonly gone: boolean;
  readonly delaySeconds: number;
}

/** Sends to some people at once, and notes what became of it. */
async function round(
  query: Query,
  api: TelegramApi,
  before: Broadcast,
  people: readonly number[],
): Promise<Round> {
  const fates = await Promise.all(people.map(async (id) => ({ id, fate: await send(api, before, id) })));
  const those = (wanted: Fate) => fates.filter(({ fate }) => fate === wanted).map(({ id }) => id);
  const waits = fates.flatMap(({ id, fate }) => (typeof fate === "object" ? [{ id, ...fate }] : []));
  const silent = waits.some(({ retryAfter }) => retryAfter === undefined);
  const tries = waits.length === 0 ? 0 : before.tries + (silent ? 1 : 0);
  const givenUp = tries >= TRIES;
  const after = await noteProgress(query, before, {
    lastId: Math.max(before.lastId, ...people),
    unsent: givenUp ? [] : waits.map(({ id }) => id),
    tries: givenUp ? 0 : tries,
    sent: those("sent").length,
    blocked: those("blocked"),
    failed: those("failed").length + those("gone").length + (givenUp ? waits.length : 0),
  });
  const asked = waits.map(({ retryAfter }) => retryAfter ?? Math.min(2 ** tries, 60));
  return { after, gone: those("gone").length > 0, delaySeconds: givenUp ? 0 : Math.max(0, ...asked) };
}

/** Shows the admin how far it is; at the end, says so in a message of its own. */
function tellAdmin(state: Broadcast, locale: Locale, gone: boolean): Call[] {
  const t = translator(locale);
  const { adminId: chatId, statusMessageId: message_id } = state;
  const { text, keyboard } = broadcastStatus(t, state);
  const content = { text, ...messageOptions(keyboard) };
  const edit = callTo(chatId, "editMessageText", { message_id, ...content });
  if (state.state === "running") return [edit];
  const report = gone ? { ...content, text: `${text}\n\n${t("broadcast-gone")}` } : content;
  return [edit, callTo(chatId, "sendMessage", report)];
}

/** Ends the broadcast, or goes on with the next job. */
const conclude =
  (
    id: number,
    locale: Locale,
    end: "stopped" | "done" | undefined,
    gone: boolean,
    delaySeconds: number,
  ): Conclusion =>
  async (tx) => {
    const state = await (end === undefined ? readBroadcast(tx.query, id) : endBroadcast(tx.query, id, end));
    if (state === undefined) return [];
    if (state.state === "running")
      await addJob(tx.query, { kind: "broadcast", payload: { id, locale }, delaySeconds });
    return tellAdmin(state, locale, gone);
  };

/** Sends a broadcast for some seconds, from where it has got to. */
export const broadcast = jobKind({
  kind: "broadcast",
  payload,
  attempts: 10,
  limitSeconds: 60,
  parallel: 1,
  async run({ payload: { id, locale }, database: { query }, api, signal }) {
    const end = performance.now() + JOB_MS;
    let state = await readBroadcast(query, id);
    let next: number[] = [];
    while (state?.state === "running" && state.audience !== null && performance.now() < end) {
      // The worker stops, or somebody else has the job.
      if (signal.aborted) return undefined;
      const began = performance.now();
      if (state.unsent.length === 0 && next.length === 0) {
        next = await nextRecipients(query, state.audience, state.lastId, (BATCH * JOB_MS) / BATCH_MS);
        if (next.length === 0) return conclude(id, locale, "done", false, 0);
      }
      const people = state.unsent.length > 0 ? state.unsent : next.splice(0, BATCH);
      const { after, gone, delaySeconds } = await round(query, api, state, people);
      if (after === undefined) throw new Error("another worker goes on with the broadcast");
      if (gone) return conclude(id, locale, "stopped", true, 0);
      if (delaySeconds > 0) return conclude(id, locale, undefined, false, delaySeconds);
      state = after;
      await pause(Math.max(0, BATCH_MS - (performance.now() - began)));
    }
    return conclude(id, locale, undefined, false, 0);
  },
  gaveUp: ({ payload: { id, locale } }) => conclude(id, locale, "stopped", false, 0),
});
