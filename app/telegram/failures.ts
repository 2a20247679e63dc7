import { LRUCache } from "lru-cache";
import type { RedisConnection } from "../cache/redis.ts";

/** Remembered in memory while Redis is away; the oldest are forgotten. */
const remembered = 10_000;

/** Counts how often the work on an update failed, over all replicas; forgotten after a day. */
export function createFailures(redis: RedisConnection): (updateId: number) => Promise<number> {
  const memory = new LRUCache<number, number>({ max: remembered });

  function inMemory(updateId: number): number {
    const count = (memory.get(updateId) ?? 0) + 1;
    memory.set(updateId, count);
    return count;
  }

  return (updateId) =>
    redis.use(
      async (client) => {
        const key = `v1:failures:${updateId}`;
        const [count] = await Promise.all([client.incr(key), client.expire(key, 86_400)]);
        return count;
      },
      () => inMemory(updateId),
    );
}
