/** At most `count` events in any `window` milliseconds. */
export function connectionLimit(count: number, window: number) {
  /** Times of the last `count` events. */
  const events: number[] = [];
  return {
    /** When the next event may happen; not later than `now` means at once. */
    allowedAt(now: number): number {
      const oldest = events[0];
      return oldest === undefined || events.length < count ? now : oldest + window;
    },
    add(now: number): void {
      events.push(now);
      if (events.length > count) events.shift();
    },
  };
}
