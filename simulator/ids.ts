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
  const counter = (start: number) => () => start++;
  const nextGroup = counter(base);
  const updates = createUpdateIds(base);
  return {
    update: updates.next,
    /** Lets the ids of updates go on elsewhere. Only those of this run of the simulator are sure not to repeat. */
    jumpUpdates: updates.jump,
    message: counter(base),
    // Larger than 32 bits, as those of people who joined Telegram lately.
    person: counter(5_100_000_000 + base),
    // Below those of basic groups, as the ids of supergroups.
    group: () => -1_002_000_000_000 - nextGroup(),
    query: counter(base * 1000),
    file: counter(base),
  };
}

export type Ids = ReturnType<typeof createIds>;
