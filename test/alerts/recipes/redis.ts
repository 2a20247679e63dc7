import { talk } from "../traffic.ts";
import { down, fault, series, type Lab, type Recipe } from "../recipe.ts";

const other = 'job="redis",instance="other"';
const MEGABYTE = 2 ** 20;

/** Fills Redis, while it may take only so much. */
async function fill({ stack }: Lab, maxmemory: number, bytes: number): Promise<void> {
  await stack.redis(async (redis) => {
    await redis.config("SET", "maxmemory", String(maxmemory));
    for (let i = 0; i * 64 * 1024 < bytes; i += 1)
      await redis.set(`fault:${i}`, "x".repeat(64 * 1024), "EX", 600);
  });
}

/** As it was before. */
async function empty({ stack }: Lab, maxmemory: string): Promise<void> {
  await stack.redis(async (redis) => {
    const keys = await redis.keys("fault:*");
    if (keys.length > 0) await redis.del(...keys);
    await redis.config("SET", "maxmemory", maxmemory);
  });
}

const settingOf = ({ stack }: Lab, name: string): Promise<string> =>
  stack.redis(async (redis) => {
    const answer: unknown = await redis.config("GET", name);
    return Array.isArray(answer) ? String(answer[1]) : "";
  });

export const redisRecipes: Readonly<Record<string, Recipe>> = {
  RedisDown: down("Redis is ended", ["redis"]),
  RedisServerDown: series("one of three servers does not answer", {
    'redis_up{job="redis-sentinel",instance="other"}': 0,
  }),
  RedisReplicationBroken: series("a replica has lost its primary", { [`redis_master_link_up{${other}}`]: 0 }),
  RedisWritesRefused: series("the disk under Redis is full", {
    [`redis_aof_last_write_status{${other}}`]: 0,
  }),
  RedisRewriteFails: series("the log of Redis cannot be written anew", {
    [`redis_aof_last_bgrewrite_status{${other}}`]: 0,
  }),
  RedisHitRateLow: {
    how: "fault",
    cause: "people search for something else each time",
    inject: ({ stack }) => talk(stack, 20, 1000, () => `/search ${Math.random().toString(36).slice(2, 8)}`),
  },
  RedisMemoryHigh: {
    how: "fault",
    cause: "Redis is filled",
    inject: async (lab) => {
      const before = await settingOf(lab, "maxmemory");
      await fill(lab, 20 * MEGABYTE, 18 * MEGABYTE);
      return () => empty(lab, before);
    },
  },
  RedisEvicting: {
    how: "fault",
    cause: "more is written into Redis than it may keep",
    inject: async (lab) => {
      const before = await settingOf(lab, "maxmemory");
      const stopping = new AbortController();
      const filling = (async () => {
        while (!stopping.signal.aborted) await fill(lab, 10 * MEGABYTE, 12 * MEGABYTE);
      })();
      return async () => {
        stopping.abort();
        await filling;
        await empty(lab, before);
      };
    },
  },
  RedisConnectionsRejected: {
    how: "fault",
    cause: "Redis takes no more connections, and somebody tries",
    inject: async (lab) => {
      const { stack } = lab;
      const before = await settingOf(lab, "maxclients");
      await stack.redis(async (redis) => {
        const clients = /connected_clients:(\d+)/.exec(await redis.info("clients"))?.[1];
        await redis.config("SET", "maxclients", String(Number(clients)));
        for (let i = 0; i < 5; i += 1) {
          const turnedAway = redis.duplicate({ lazyConnect: true, enableReadyCheck: false });
          turnedAway.on("error", () => undefined);
          await turnedAway.connect().catch(() => undefined);
          turnedAway.disconnect();
        }
        await redis.config("SET", "maxclients", before);
      });
      return () => Promise.resolve();
    },
  },
  RedisSlow: fault(
    "somebody runs scripts that take 30 ms",
    ({ stack }) =>
      stack.redis(async (redis) => {
        const script =
          "local t = redis.call('TIME') local e = t[1] * 1000000 + t[2] + 30000 repeat t = redis.call('TIME') until t[1] * 1000000 + t[2] > e";
        for (let i = 0; i < 40; i += 1) await redis.eval(script, 0);
      }),
    () => undefined,
  ),
};
