const MOST = 10_000;

/** Milliseconds; null when there is nothing to tell about. */
export interface Quantiles {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/** The last 10 000 of some durations. */
export function createLatencies() {
  let values: number[] = [];
  let count = 0;
  return {
    add(ms: number): void {
      values[count++ % MOST] = ms;
    },
    quantiles(): Quantiles {
      const sorted = values.toSorted((a, b) => a - b);
      const quantile = (q: number): number | null => sorted[Math.ceil(q * sorted.length) - 1] ?? null;
      return { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99), max: sorted.at(-1) ?? null };
    },
    reset(): void {
      values = [];
      count = 0;
    },
  };
}
