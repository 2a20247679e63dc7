import type { RedisConnection } from "./redis.ts";

export interface CacheStats {
  /** Lookups since Redis was started, of all programs and whatever they look for. */
  readonly hits: number;
  readonly misses: number;
  /** Part of the lookups that found something; 0 without any. */
  readonly hitRate: number;
  readonly usedBytes: number;
  /** What it may use; 0 without a limit. */
  readonly maxBytes: number;
  /** Keys of all programs. */
  readonly keys: number;
  /** Keys that had to go, for want of space, before their time. */
  readonly evicted: number;
  readonly clients: number;
  /** Milliseconds of this question and its answer. */
  readonly latency: number;
}

/** How Redis is; undefined while it is away. */
export function cacheStats(redis: RedisConnection): Promise<CacheStats | undefined> {
  return redis.use(
    async (client) => {
      const began = performance.now();
      const info = await client.info();
      const latency = performance.now() - began;
      const lines = info.split("\r\n");
      const number = (name: string) =>
        Number(lines.find((line) => line.startsWith(`${name}:`))?.slice(name.length + 1));
      const [hits, misses] = [number("keyspace_hits"), number("keyspace_misses")];
      return {
        hits,
        misses,
        hitRate: hits / Math.max(1, hits + misses),
        usedBytes: number("used_memory"),
        maxBytes: number("maxmemory"),
        keys: [...info.matchAll(/^db\d+:keys=(\d+)/gm)].reduce((sum, [, keys]) => sum + Number(keys), 0),
        evicted: number("evicted_keys"),
        clients: number("connected_clients"),
        latency: Math.round(latency * 100) / 100,
      };
    },
    () => undefined,
  );
}
