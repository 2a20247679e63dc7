/** Milliseconds. */
export interface Latency {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Of some durations; undefined when there are none. */
export function latencyOf(durations: readonly number[]): Latency | undefined {
  const sorted = durations.toSorted((a, b) => a - b);
  const max = sorted.at(-1);
  if (max === undefined) return undefined;
  const quantile = (q: number): number => sorted[Math.ceil(q * sorted.length) - 1] ?? max;
  return {
    count: sorted.length,
    ...{ p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99), p999: quantile(0.999), max },
  };
}
