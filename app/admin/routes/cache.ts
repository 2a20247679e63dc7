import { z } from "zod";
import { cacheStats } from "../../cache/stats.ts";
import { warmUp } from "../../features/search-cache.ts";
import { Problem } from "../../problem.ts";
import { answers } from "../answers.ts";
import type { AdminServer, AdminTools } from "../api.ts";

const stats = z
  .object({
    used_memory_human: z.string(),
    used_memory_bytes: z.int(),
    max_memory_bytes: z.int().meta({ description: "0: no limit" }),
    total_keys: z.int().meta({ description: "Of everything that is in Redis" }),
    hits: z.int(),
    misses: z.int(),
    hit_rate: z.number(),
    evicted_keys: z.int(),
    connected_clients: z.int(),
    response_ms: z.number(),
  })
  .meta({ id: "CacheStats" });

const away = (): Problem => new Problem(503, "Redis does not answer; memory stands in for it");

function human(bytes: number): string {
  const unit = Math.min(3, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${(bytes / 1024 ** unit).toFixed(unit === 0 ? 0 : 2)}${["B", "K", "M", "G"][unit]}`;
}

/** What is kept in Redis because it is dear to make. */
export function cacheRoutes(server: AdminServer, { cache, database, redis }: AdminTools): void {
  const tags = ["cache"];
  server.get(
    "/admin/cache_stats",
    {
      config: { needs: "viewer" },
      schema: { tags, summary: "What Redis takes and finds", response: answers(stats) },
    },
    async () => {
      const found = await cacheStats(redis);
      if (found === undefined) throw away();
      return {
        used_memory_human: human(found.usedBytes),
        used_memory_bytes: found.usedBytes,
        max_memory_bytes: found.maxBytes,
        total_keys: found.keys,
        hits: found.hits,
        misses: found.misses,
        hit_rate: found.hitRate,
        evicted_keys: found.evicted,
        connected_clients: found.clients,
        response_ms: found.latency,
      };
    },
  );
  server.post(
    "/api/cache/clear",
    {
      config: { needs: "operator" },
      schema: {
        tags,
        summary: "Forget cached values whose `policy:id` matches a pattern",
        body: z.object({
          pattern: z
            .string()
            .regex(/^[A-Za-z0-9_:*?-]{1,100}$/)
            .meta({ description: "`*` stands for anything, `?` for one character: `search:*`" }),
          confirm: z
            .boolean()
            .default(false)
            .meta({ description: "Has to be true for a pattern that means everything" }),
        }),
        response: answers(z.object({ cleared: z.int() })),
      },
    },
    async ({ body: { pattern, confirm } }) => {
      if (/^[*?:]+$/.test(pattern) && !confirm)
        throw new Problem(400, `${pattern} means everything that is cached: send "confirm": true as well`);
      const cleared = await cache.clear(pattern);
      if (cleared === undefined) throw away();
      return { cleared };
    },
  );
  server.post(
    "/api/cache/warm-up",
    {
      config: { needs: "operator" },
      schema: {
        tags,
        summary: "Make what nearly everybody asks for first, where it is not cached",
        response: answers(z.object({ warm: z.literal(true) })),
      },
    },
    async () => {
      if (!redis.available()) throw away();
      await warmUp(cache, database.query);
      return { warm: true } as const;
    },
  );
}
