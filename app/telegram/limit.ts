import { LRUCache } from "lru-cache";
import { z } from "zod";
import type { RedisConnection } from "../cache/redis.ts";
import type { Log } from "../log.ts";
import { limitsOf, type Plan } from "../plans.ts";

/** free: go on. first: the first one over the limit in this window, who is told. over: one more of them. */
export type Verdict = "free" | "first" | "over";

export interface RateLimit {
  /** Never throws. */
  take(userId: number): Promise<Verdict>;
  /** Gives back what was taken for an update that will come again. Never throws. */
  giveBack(userId: number): Promise<void>;
  /** Forgets the plan of a person who paid, or got a payment back. Never throws. */
  forgetPlan(userId: number): Promise<void>;
}

interface Options {
  /** Of the free plan, in `seconds`. */
  readonly requests: number;
  readonly seconds: number;
  /** Without Redis each replica counts for itself, and sees this share of a person's updates. */
  readonly replicas: number;
  /** Asked for who is over the limit of the free plan, and then not again for `seconds`. */
  readonly planOf: (userId: number) => Promise<Plan>;
  readonly log: Log;
}

/** People that memory counts while Redis is away, some 100 bytes each; the longest unseen begin anew. */
const REMEMBERED = 50_000;

/** The window of a person begins with its first update. */
const COUNT = `local count = redis.call('incr', KEYS[1])
if count == 1 then redis.call('expire', KEYS[1], ARGV[1]) end
return count`;
/** Nothing is left to give back when the window is over. */
const GIVE_BACK = "if redis.call('exists', KEYS[1]) == 1 then redis.call('decr', KEYS[1]) end";

/**
 * Counts the updates of each person in fixed windows: one call to Redis, or memory while it is away. The plan is only
 * asked for once the limit of the free plan is reached, so that below it an update costs nothing more.
 */
export function createRateLimit(redis: RedisConnection, options: Options): RateLimit {
  const { requests, seconds, replicas, planOf, log } = options;
  const memory = new LRUCache<number, { count: number; plan?: Plan }>({
    max: REMEMBERED,
    ttl: seconds * 1000,
  });
  const countKey = (userId: number): string => `v1:rate:${userId}`;
  const planKey = (userId: number): string => `v1:plan:${userId}`;

  function remembered(userId: number): { count: number; plan?: Plan } {
    const known = memory.get(userId);
    if (known !== undefined) return known;
    const begun = { count: 0 };
    memory.set(userId, begun);
    return begun;
  }

  async function learn(userId: number): Promise<Plan> {
    const plan = await planOf(userId);
    await redis.use<unknown>(
      (client) => client.set(planKey(userId), plan, "EX", seconds),
      () => (remembered(userId).plan = plan),
    );
    return plan;
  }

  async function planNow(userId: number): Promise<Plan> {
    const noted = await redis.use(
      (client) => client.get(planKey(userId)),
      () => remembered(userId).plan ?? null,
    );
    return noted === "free" || noted === "premium" ? noted : learn(userId);
  }

  return {
    take: async (userId) => {
      const { count, among } = await redis.use(
        async (client) => {
          const count = await client.eval(COUNT, 1, countKey(userId), seconds);
          return { count: z.number().parse(count), among: 1 };
        },
        () => ({ count: (remembered(userId).count += 1), among: replicas }),
      );
      const limit = (plan: Plan) => Math.ceil((requests * limitsOf(plan).requestsFactor) / among);
      if (count <= limit("free")) return "free";
      try {
        const most = limit(await planNow(userId));
        if (count <= most) return "free";
        return count === most + 1 ? "first" : "over";
      } catch (error) {
        // Without the database the update goes back to Telegram anyway.
        log.warn({ err: error }, "the plan of a person over the limit is not known");
        return "free";
      }
    },
    giveBack: async (userId) => {
      await redis
        .use<unknown>(
          (client) => client.eval(GIVE_BACK, 1, countKey(userId)),
          () => (remembered(userId).count -= 1),
        )
        .catch(() => undefined);
    },
    forgetPlan: async (userId) => {
      delete memory.peek(userId)?.plan;
      await redis
        .use<unknown>(
          (client) => client.del(planKey(userId)),
          () => undefined,
        )
        .catch(() => undefined);
    },
  };
}
