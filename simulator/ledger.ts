import type { Clock } from "./clock.ts";
import type { Attempt } from "./delivery/scheduler.ts";
import { createLatencies } from "./latencies.ts";

const MOST_ENTRIES = 5000;
const MOST_ATTEMPTS = 100;

/** Something that the bot did about an update. */
export interface Reply {
  readonly method: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly message_id?: number;
}

/** The story of an update. Times are milliseconds since the epoch. */
export interface Entry {
  readonly update_id: number;
  readonly type: string;
  readonly chat_id: number;
  /** One line for people. */
  readonly summary: string;
  readonly created: number;
  /** The last 100. */
  readonly attempts: { readonly at: number; readonly ms: number; readonly status: number | string }[];
  /** When it was sent to the bot first. */
  delivered?: number;
  acknowledged?: number;
  /** When the bot did something about it first. */
  replied?: number;
  dropped?: "expired" | "dropped";
  readonly replies: Reply[];
}

/** Remembers what happened to the last 5000 updates, and counts; `onReply` is told of every reply. */
export function createLedger(
  clock: Clock,
  onReply: (updateId: number, reply: Reply) => void = () => undefined,
) {
  /** Under way; the webhook bounds their number. */
  const open = new Map<number, Entry>();
  const finished = new Map<number, Entry>();
  /** The update of each chat that the bot was told last: what it sends to the chat is a reply to that. */
  const told = new Map<number, number>();
  const calls: Record<string, number> = {};
  /** From an update's creation. */
  const latencies = {
    delivered: createLatencies(),
    acknowledged: createLatencies(),
    replied: createLatencies(),
  };
  let counts = { created: 0, acknowledged: 0, dropped: 0, attempts: 0, failed_attempts: 0 };
  let sunk = 0;

  const find = (id: number): Entry | undefined => open.get(id) ?? finished.get(id);

  function finish(entry: Entry): void {
    open.delete(entry.update_id);
    finished.set(entry.update_id, entry);
    if (finished.size <= MOST_ENTRIES) return;
    const [oldest] = finished.values();
    if (oldest === undefined) return;
    finished.delete(oldest.update_id);
    if (told.get(oldest.chat_id) === oldest.update_id) told.delete(oldest.chat_id);
  }

  return {
    created(entry: Pick<Entry, "update_id" | "type" | "chat_id" | "summary" | "created">): Entry {
      const full: Entry = { ...entry, attempts: [], replies: [] };
      open.set(entry.update_id, full);
      counts.created++;
      return full;
    },
    sending(id: number): void {
      const entry = find(id);
      if (entry === undefined) return;
      told.set(entry.chat_id, id);
      if (entry.delivered !== undefined) return;
      entry.delivered = clock.now();
      latencies.delivered.add(entry.delivered - entry.created);
    },
    attempted(id: number, { at, ms, outcome }: Attempt): void {
      counts.attempts++;
      const status = outcome.kind === "answer" ? outcome.status : outcome.error;
      if (typeof status !== "number" || status < 200 || status > 299) counts.failed_attempts++;
      const attempts = find(id)?.attempts;
      attempts?.push({ at, ms, status });
      if (attempts !== undefined && attempts.length > MOST_ATTEMPTS) attempts.shift();
    },
    acknowledged(id: number): Entry | undefined {
      const now = clock.now();
      counts.acknowledged++;
      const entry = find(id);
      if (entry !== undefined) {
        entry.acknowledged = now;
        latencies.acknowledged.add(now - entry.created);
        finish(entry);
      }
      return entry;
    },
    dropped(id: number, reason: "expired" | "dropped"): Entry | undefined {
      counts.dropped++;
      const entry = find(id);
      if (entry !== undefined) {
        entry.dropped = reason;
        finish(entry);
      }
      return entry;
    },
    /** Notes a reply: to the given update, or to the one that the bot was last told of that chat. */
    replied(chatId: number, method: string, messageId?: number, update?: number): void {
      const entry = find(update ?? told.get(chatId) ?? -1);
      if (entry === undefined || entry.replies.length >= MOST_ATTEMPTS) return;
      const reply = {
        method,
        at: clock.now(),
        ...(messageId === undefined ? {} : { message_id: messageId }),
      };
      entry.replies.push(reply);
      if (entry.replied === undefined) {
        entry.replied = reply.at;
        latencies.replied.add(reply.at - entry.created);
      }
      onReply(entry.update_id, reply);
    },
    called(method: string): void {
      calls[method] = (calls[method] ?? 0) + 1;
    },
    sink(): void {
      sunk++;
    },
    get: find,
    /** The newest ones, oldest first. */
    newest: (limit: number): Entry[] =>
      [...finished.values(), ...open.values()].sort((a, b) => a.update_id - b.update_id).slice(-limit),
    /** Latencies are from an update's creation, over the last 10 000 updates. */
    stats() {
      const { dropped, ...rest } = counts;
      return {
        updates: { ...rest, pending: counts.created - counts.acknowledged - dropped, dropped },
        latency_ms: {
          delivered: latencies.delivered.quantiles(),
          acknowledged: latencies.acknowledged.quantiles(),
          replied: latencies.replied.quantiles(),
        },
        api_calls: { ...calls },
        sink_calls: sunk,
      };
    },
    reset(): void {
      open.clear();
      finished.clear();
      told.clear();
      for (const method of Object.keys(calls)) Reflect.deleteProperty(calls, method);
      for (const kind of Object.values(latencies)) kind.reset();
      counts = { created: 0, acknowledged: 0, dropped: 0, attempts: 0, failed_attempts: 0 };
      sunk = 0;
    },
  };
}

export type Ledger = ReturnType<typeof createLedger>;
