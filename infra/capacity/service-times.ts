/** What one update costs each part of the stack; seconds. */
export interface ServiceTimes {
  /** Processor time of a web replica, with its calls to the Bot API. */
  readonly web: number;
  /** Round trips to Postgres in its transaction, the first and the last included. */
  readonly roundTrips: number;
  /** Processor time of Postgres. */
  readonly postgres: number;
  /** What a commit waits for the disk. */
  readonly flush: number;
  /** Processor time of Redis. */
  readonly redis: number;
  /** Processor time of nginx. */
  readonly nginx: number;
}

/**
 * Estimates: between what `npm run capacity:measure` printed on 2026-11-22 on a machine that others used as well (web 1.8 to
 * 2.3 ms, Postgres 1.1 to 1.5 ms) and what it should print on one of its own. To be measured there.
 */
export const estimated: ServiceTimes = {
  web: 0.0015,
  roundTrips: 3.9,
  postgres: 0.0008,
  flush: 0.00015,
  redis: 0.00008,
  nginx: 0.00014,
};
