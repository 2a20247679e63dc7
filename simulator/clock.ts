/** Time as the simulator sees it, so that tests can own it. */
export interface Clock {
  /** Milliseconds since the epoch, with fractions. */
  now(): number;
  /** Runs `action` at that time (or as soon as possible after it); the answer cancels it. */
  at(time: number, action: () => void): () => void;
}

/** setTimeout fires at once for longer delays than this. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  // Monotonic, so that latencies stay right when the machine's clock is set.
  now: () => Math.round((performance.timeOrigin + performance.now()) * 1000) / 1000,
  at(time, action) {
    const delay = Math.min(Math.max(0, Math.ceil(time - systemClock.now())), LONGEST_TIMER_MS);
    const timer = setTimeout(action, delay);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
