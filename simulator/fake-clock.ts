import type { Clock } from "./clock.ts";

export interface FakeClock extends Clock {
  /** Lets that many seconds pass, runs what falls due on the way, and lets promises settle. */
  pass(seconds: number): Promise<void>;
}

/** Lets every promise that is ready to settle do so. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A clock for tests; starts at a round time. */
export function fakeClock(): FakeClock {
  let now = 1_800_000_000_000;
  const timers = new Set<{ time: number; action: () => void }>();
  return {
    now: () => now,
    at(time, action) {
      const timer = { time, action };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async pass(seconds) {
      const end = now + seconds * 1000;
      await settle();
      for (;;) {
        const [next] = [...timers].filter((t) => t.time <= end).sort((a, b) => a.time - b.time);
        if (next === undefined) break;
        timers.delete(next);
        now = Math.max(now, next.time);
        next.action();
        await settle();
      }
      now = end;
    },
  };
}
