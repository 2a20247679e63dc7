import type { Clock } from "./clock.ts";
import { createUpdateIds } from "./update-ids.ts";

const EPOCH_MS = Date.UTC(2026, 0, 1);

/**
 * Ids that never repeat, not even when the simulator starts anew and has forgotten everything: a bot keeps
 * them in its database, and would take a repeated update for a duplicate. They begin at a number made of the
 * start time, with room for 8 a second since the last start; update ids stay below 2^31 until 2034.
 */
export function createIds(clock: Clock) {
  const base = Math.floor((clock.now() - EPOCH_MS) / 1000) * 8;
  // Larger than 32 bits, as those of people who joined Telegram lately.
  const next = { message: base, person: 5_100_000_000 + base, group: base, query: base * 1000, file: base };
  const counter = (name: keyof typeof next) => () => next[name]++;
  const nextGroup = counter("group");
  const updates = createUpdateIds(base);
  return {
    update: updates.next,
    /** Lets the ids of updates go on elsewhere. Only those of this run of the simulator are sure not to repeat. */
    jumpUpdates: updates.jump,
    message: counter("message"),
    person: counter("person"),
    // Below those of basic groups, as the ids of supergroups.
    group: () => -1_002_000_000_000 - nextGroup(),
    query: counter("query"),
    file: counter("file"),
    /** For a snapshot: the next ids. */
    next: () => ({ ...next, update: updates.peek() }),
    /** Gives out no smaller ids than these. */
    raise(least: Readonly<Record<string, number>>): void {
      for (const name of Object.keys(next) as (keyof typeof next)[]) {
        next[name] = Math.max(next[name], least[name] ?? 0);
      }
      updates.raise(least["update"] ?? 0);
    },
  };
}

export type Ids = ReturnType<typeof createIds>;
