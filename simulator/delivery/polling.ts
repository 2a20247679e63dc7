import type { Clock } from "../clock.ts";
import type { Parcel } from "./scheduler.ts";

/*
 * The rules of getUpdates, from Client.cpp of tdlib/telegram-bot-api and TQueue.cpp of tdlib/td, with the
 * numbers used there.
 */
const LONGEST_WAIT_S = 50;
/** Updates that come together are answered together: so long a poll waits for more after the first. */
const GATHER_MS = 1;
/** A bot that asks for the same updates again and again is slowed down. */
const HASTY_MS = 3000;
const VERY_HASTY_MS = 500;
/** After one conflict the next ones are told only after this time. */
const CONFLICT_PAUSE_MS = 3000;
/** An offset that is so far above the newest update is none of this queue. */
const FUTURE = 10;

const OTHER_POLL = "terminated by other getUpdates request; make sure that only one bot instance is running";
const WEBHOOK_ACTIVE =
  "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";

/** Another request, or a webhook, stands in the way; the message is what Telegram says after "Conflict: ". */
export class Conflict extends Error {}

export interface Poll {
  readonly offset: number;
  readonly limit: number;
  /** Seconds to wait when there is nothing. */
  readonly timeout: number;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
}

/** The undelivered updates. */
export interface Shelf {
  readonly hasWebhook: () => boolean;
  /** By id, oldest first. */
  readonly pending: ReadonlyMap<number, Parcel>;
  /** Takes those away that are too old. */
  readonly sweep: () => void;
  /** Takes an update away that the bot has got. */
  readonly confirm: (parcel: Parcel) => void;
  /** Takes an update away that the bot does not want. */
  readonly drop: (parcel: Parcel) => void;
  /** An update is told to the bot. */
  readonly handOut: (parcel: Parcel) => void;
}

/** Long polling. */
export function createPolling(clock: Clock, shelf: Shelf) {
  let waiting: { readonly wake: () => void; readonly abort: (reason: string) => void } | undefined;
  let previous = { offset: -1, at: -Infinity };
  let conflictAt = -Infinity;
  let newest = -1;

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => void clock.at(clock.now() + ms, resolve));

  async function conflict(reason: string): Promise<never> {
    if (clock.now() < conflictAt) await pause(CONFLICT_PAUSE_MS);
    else conflictAt = clock.now() + CONFLICT_PAUSE_MS;
    throw new Conflict(reason);
  }

  function confirmBefore(offset: number): void {
    // Ids may have jumped, so that smaller ones came after larger ones.
    const isLast = shelf.pending.has(offset - 1);
    if (!isLast && offset > newest + 1 + FUTURE) return;
    for (const parcel of shelf.pending.values()) {
      if (!isLast && parcel.id >= offset) break;
      shelf.confirm(parcel);
      if (parcel.id === offset - 1) break;
    }
  }

  function dropAllBut(count: number): void {
    let surplus = shelf.pending.size - count;
    for (const parcel of shelf.pending.values()) {
      if (surplus-- <= 0) break;
      shelf.drop(parcel);
    }
  }

  function take(limit: number): readonly Parcel[] {
    const found: Parcel[] = [];
    for (const parcel of shelf.pending.values()) {
      if (found.push(parcel) === limit) break;
    }
    found.forEach(shelf.handOut);
    return found;
  }

  /** Waits for updates; the newest poll that waits ends the one before it. */
  function wait({ limit, signal }: Poll, timeout: number): Promise<readonly Parcel[]> {
    waiting?.abort(OTHER_POLL);
    return new Promise((resolve, reject) => {
      const finish = (): void => settle(() => resolve(signal.aborted ? [] : take(limit)));
      let cancel = clock.at(clock.now() + timeout * 1000, finish);
      let gathering = false;
      const mine = {
        wake(): void {
          if (gathering) return;
          gathering = true;
          cancel();
          cancel = clock.at(clock.now() + GATHER_MS, finish);
        },
        abort: (reason: string): void =>
          settle(() => {
            conflict(reason).catch(reject);
          }),
      };
      const settle = (then: () => void): void => {
        cancel();
        signal.removeEventListener("abort", finish);
        if (waiting === mine) waiting = undefined;
        then();
      };
      signal.addEventListener("abort", finish);
      waiting = mine;
    });
  }

  return {
    /** Whether the bot polls, or did so a moment ago. */
    isActive: (): boolean => waiting !== undefined || clock.now() - previous.at < LONGEST_WAIT_S * 1000,
    /** Rejects with a Conflict. */
    poll: async (poll: Poll): Promise<readonly Parcel[]> => {
      if (shelf.hasWebhook()) return conflict(WEBHOOK_ACTIVE);
      const { offset } = poll;
      const now = clock.now();
      const since = offset === previous.offset ? now - previous.at : Infinity;
      previous = { offset, at: now };
      const timeout = Math.max(since < HASTY_MS ? 3 : 0, Math.min(poll.timeout, LONGEST_WAIT_S));
      const limit = since < VERY_HASTY_MS ? 1 : poll.limit;
      shelf.sweep();
      if (offset < 0) dropAllBut(-offset);
      else if (offset > 0) confirmBefore(offset);
      if (timeout === 0 || shelf.pending.size > 0) return take(limit);
      return wait({ ...poll, limit }, timeout);
    },
    /** There is a new update. */
    added({ id }: Parcel): void {
      newest = id;
      waiting?.wake();
    },
    /** A webhook is set. */
    endForWebhook: (): void => waiting?.abort("terminated by setWebhook request"),
  };
}

export type Polling = ReturnType<typeof createPolling>;
