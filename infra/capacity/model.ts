import { certain, inSequence, quantile, repeated, type Spread, visit, waiting } from "./queueing.ts";
import type { ServiceTimes } from "./service-times.ts";

/** What carries the load. */
export interface Servers {
  readonly webReplicas: number;
  /** Database connections of one replica. */
  readonly poolSize: number;
  /** Processor cores of Postgres. */
  readonly postgresCores: number;
  /** Servers of Redis, each for a part of the people. */
  readonly redisServers: number;
}

export interface Prediction {
  /** Share of the time for which each part is busy; more than 1 is not possible for long. */
  readonly use: Readonly<Record<"web" | "pool" | "postgres" | "redis", number>>;
  /** From the arrival of an update to its commit, in seconds; infinite when a part has too little. */
  readonly latency: Readonly<Record<"p50" | "p95" | "p99", number>>;
}

/**
 * The steps of an update on the event loop of its replica: before the limit in Redis, before the database, after each round
 * trip but the last, and after the commit. All are taken as equally long.
 */
export const slices = ({ roundTrips }: Pick<ServiceTimes, "roundTrips">): number => roundTrips + 2;

/**
 * How busy everything is and how long an update takes, for `rate` updates per second that come independently of each other.
 * A network of queues in product form (Jackson): each replica one server, Redis one, Postgres one for each core, and the
 * pool a queue whose service is all that happens while a connection is held. `simulate` checks it.
 */
export function predict(rate: number, servers: Servers, times: ServiceTimes): Prediction {
  const { webReplicas, poolSize, postgresCores, redisServers } = servers;
  const { roundTrips } = times;
  const each = rate / webReplicas;
  const steps = slices(times);
  const slice = visit(1, each * steps, times.web / steps);
  const trip = visit(postgresCores, rate * roundTrips, times.postgres / roundTrips);
  const redis = visit(1, rate / redisServers, times.redis);
  const held: Spread = inSequence(
    repeated(trip, roundTrips),
    repeated(slice, roundTrips - 1),
    certain(times.flush),
  );
  const connection = waiting(poolSize, each, held.mean);
  const whole = inSequence(repeated(slice, 3), redis, connection, held);
  return {
    use: {
      web: each * times.web,
      pool: (each * held.mean) / poolSize,
      postgres: (rate * times.postgres) / postgresCores,
      redis: (rate / redisServers) * times.redis,
    },
    latency: { p50: quantile(whole, 0.5), p95: quantile(whole, 0.95), p99: quantile(whole, 0.99) },
  };
}
