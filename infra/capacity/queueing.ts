/** A time that varies: its mean and its variance, in seconds and seconds². */
export interface Spread {
  readonly mean: number;
  readonly variance: number;
}

export const certain = (mean: number): Spread => ({ mean, variance: 0 });

/** One after the other; independent times add up, and so do their variances. */
export const inSequence = (...times: readonly Spread[]): Spread => ({
  mean: times.reduce((sum, { mean }) => sum + mean, 0),
  variance: times.reduce((sum, { variance }) => sum + variance, 0),
});

export const repeated = ({ mean, variance }: Spread, times: number): Spread => ({
  mean: times * mean,
  variance: times * variance,
});

/**
 * Probability that somebody who comes to `servers` of the same kind has to wait (Erlang C), `load` being the mean number
 * of busy ones: arrivals per second times seconds of service. 1 when there are too few of them for the load.
 */
export function waitingProbability(servers: number, load: number): number {
  if (load >= servers) return 1;
  // Erlang B by its recurrence, which does not overflow for hundreds of servers.
  let blocked = 1;
  for (let n = 1; n <= servers; n++) blocked = (load * blocked) / (n + load * blocked);
  return blocked / (1 - (load / servers) * (1 - blocked));
}

/**
 * Time that one waits for one of `servers` (M/M/c, first come, first served): nothing, or with the probability of Erlang C
 * an exponential time. Infinite when there are too few of them.
 */
export function waiting(servers: number, rate: number, service: number): Spread {
  const load = rate * service;
  if (load >= servers) return { mean: Infinity, variance: Infinity };
  const probability = waitingProbability(servers, load);
  const whenWaiting = service / (servers - load);
  return {
    mean: probability * whenWaiting,
    variance: probability * (2 - probability) * whenWaiting ** 2,
  };
}

/** Waiting and an exponential time of service. */
export const visit = (servers: number, rate: number, service: number): Spread =>
  inSequence(waiting(servers, rate, service), { mean: service, variance: service ** 2 });

/** Standard normal quantile of 0.5, 0.95 and 0.99. */
const normal = { 0.5: 0, 0.95: 1.6449, 0.99: 2.3263 };

/**
 * Quantile of a time of which only mean and variance are known, taken as gamma distributed, the shape of a sum of
 * exponential steps; by the approximation of Wilson and Hilferty, good to 2 % for what is asked here.
 */
export function quantile({ mean, variance }: Spread, q: keyof typeof normal): number {
  if (!Number.isFinite(mean)) return Infinity;
  if (variance === 0) return mean;
  const shape = mean ** 2 / variance;
  const cube = 1 - 1 / (9 * shape) + normal[q] / (3 * Math.sqrt(shape));
  return mean * Math.max(0, cube) ** 3;
}
