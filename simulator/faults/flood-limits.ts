import type { Clock } from "../clock.ts";

/**
 * A count that fills by `rate` a second up to `burst`, and allows one event for each. After a burst, events are
 * allowed at the rate.
 */
interface Limit {
  readonly rate: number;
  readonly burst: number;
}

/*
 * Of core.telegram.org/bots/faq: "avoid sending more than one message per second" to a chat, with "short bursts
 * that go over this limit" (how short is not told; 3 is our guess), 20 messages a minute to a group, and "about
 * 30 messages per second" in all. setWebhook once a second is in Client.cpp.
 */
const PER_CHAT: Limit = { rate: 1, burst: 3 };
const PER_GROUP: Limit = { rate: 20 / 60, burst: 20 };
const OVERALL: Limit = { rate: 30, burst: 30 };
const SET_WEBHOOK: Limit = { rate: 1, burst: 1 };

const sends = /^(?:send(?!chataction)|forwardmessage|copymessage|editmessage)/;
const MOST_COUNTERS = 10_000;

/** Counts calls; answers for how many seconds the bot must wait, 0 when the call may be made. */
export function createFloodLimits(clock: Clock): (method: string, chatId: number) => number {
  /** By what is counted: when the count will be full again, in milliseconds since the epoch. */
  const full = new Map<string, number>();

  /** Milliseconds until one more event is allowed. */
  function delay(key: string, { rate, burst }: Limit, now: number): number {
    const missing = Math.max(0, (full.get(key) ?? now) - now);
    return Math.max(0, missing + 1000 / rate - (burst * 1000) / rate);
  }

  function count(key: string, { rate }: Limit, now: number): void {
    const before = Math.max(now, full.get(key) ?? now);
    full.delete(key);
    full.set(key, before + 1000 / rate);
    if (full.size <= MOST_COUNTERS) return;
    for (const [old, time] of full) if (time <= now) full.delete(old);
  }

  return (method, chatId) => {
    const now = clock.now();
    const name = method.toLowerCase();
    const limits: (readonly [string, Limit])[] =
      name === "setwebhook"
        ? [["setWebhook", SET_WEBHOOK]]
        : !sends.test(name)
          ? []
          : [
              ["all", OVERALL],
              [`chat ${chatId}`, PER_CHAT],
              ...(chatId < 0 ? [[`group ${chatId}`, PER_GROUP] as const] : []),
            ];
    const wait = Math.max(0, ...limits.map(([key, limit]) => delay(key, limit, now)));
    if (wait > 0) return Math.ceil(wait / 1000);
    for (const [key, limit] of limits) count(key, limit, now);
    return 0;
  };
}
