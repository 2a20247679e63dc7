import type { Redis } from "ioredis";
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
} from "rate-limiter-flexible";
import type { RedisConnection } from "../cache/redis.ts";

/** free: go on. first: the first one over the limit in this window, who is told. over: one more of them. */
export type Verdict = "free" | "first" | "over";

export interface RateLimit {
  take(userId: number): Promise<Verdict>;
  /** Gives back what was taken for an update that will come again. Never throws. */
  giveBack(userId: number): Promise<void>;
}

interface Options {
  readonly requests: number;
  readonly seconds: number;
  /** Without Redis each replica counts for itself, and sees this share of a person's updates. */
  readonly replicas: number;
}

/** Counts the updates of each person in fixed windows: one call to Redis, or memory while it is away. */
export function createRateLimit(redis: RedisConnection, { requests, seconds, replicas }: Options): RateLimit {
  const common = { duration: seconds, keyPrefix: "v1:rate" };
  const memory = new RateLimiterMemory({ ...common, points: Math.ceil(requests / replicas) });
  let shared: RateLimiterRedis | undefined;

  const stored = (client: Redis) =>
    (shared ??= new RateLimiterRedis({ ...common, points: requests, storeClient: client }));

  async function take(limiter: RateLimiterAbstract, userId: number): Promise<Verdict> {
    try {
      await limiter.consume(userId);
      return "free";
    } catch (answer) {
      if (!(answer instanceof RateLimiterRes)) throw answer;
      return answer.consumedPoints === limiter.points + 1 ? "first" : "over";
    }
  }

  return {
    take: (userId) =>
      redis.use(
        (client) => take(stored(client), userId),
        () => take(memory, userId),
      ),
    giveBack: async (userId) => {
      await redis
        .use<unknown>(
          (client) => stored(client).reward(userId),
          () => memory.reward(userId),
        )
        .catch(() => undefined);
    },
  };
}
