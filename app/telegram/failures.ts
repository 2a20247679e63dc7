import type { RedisConnection } from "../cache/redis.ts";

/** Remembered in memory while Redis is away; the oldest are forgotten. */
const remembered = 10_000;

/** Counts how often the work on an update failed, over all replicas; forgotten after a day. */
export function createFailures(redis: RedisConnection): (updateId: number) => Promise<number> {
  const memory = new Map<number, number>();

  function inMemory(updateId: number): number {
    const count = (memory.get(updateId) ?? 0) + 1;
    memory.delete(updateId);
    memory.set(updateId, count);
    const [oldest] = memory.keys();
    if (memory.size > remembered && oldest !== undefined) memory.delete(oldest);
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
