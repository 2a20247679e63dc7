import type { Alert, Threshold } from "../catalogue.ts";
import { above, below, breach, increase, max, min, rate, ratio, select, sum } from "../promql.ts";
import { value } from "./text.ts";

/** Whether Redis has room for what it is asked to keep, and time for what it is asked to do. */

const target = ["job", "instance"];
const board = (key: string) => ({ board: "redis", key });
const labels = { job: "redis", instance: "cache" };
const series = (name: string, samples: string) => ({ [`${name}{job="redis",instance="cache"}`]: samples });

/** Sentinels have no limit, so no result. */
export const memoryUse = ratio(
  max(target, select("redis_memory_used_bytes")),
  max(target, select("redis_memory_max_bytes")),
);
export const memoryUseLimit: Threshold = { unit: "ratio", is: "above", value: 0.9 };

export const evictions = sum(target, rate(select("redis_evicted_keys_total"), "5m"));
export const evictionsLimit: Threshold = { unit: "per second", is: "above", value: 1 };

export const rejected = sum(target, increase(select("redis_rejected_connections_total"), "5m"));

/** Commands that took longer than 10 ms, which is where the slow log begins. */
export const slow = max(target, increase(select("redis_slowlog_last_id"), "10m"));
export const slowLimit: Threshold = { unit: "count", is: "above", value: 30 };

const lastRewrite = min(target, select("redis_aof_last_bgrewrite_status"));

const memory = (used: string) => ({
  ...series("redis_memory_used_bytes", used),
  ...series("redis_memory_max_bytes", "64000000x200"),
});

export const redisLoadAlerts: readonly Alert[] = [
  {
    name: "RedisMemoryHigh",
    service: "redis",
    severity: "info",
    expr: breach(memoryUse, memoryUseLimit),
    for: "15m",
    summary: `Redis at {{ $labels.instance }} has filled ${value("ratio")} of its memory`,
    description: "At 100 % it throws away what was not used for longest, and the cache saves less.",
    normal: "below 50 %",
    threshold: memoryUseLimit,
    panel: board("memory-use"),
    fires: [
      {
        when: "more people use the bot than the stack was sized for",
        samples: memory("32000000x4 60800000x100"),
        from: "75s",
        labels,
        summary: "Redis at cache has filled 95% of its memory",
      },
    ],
    quiet: [
      { when: "90 % is filled", samples: memory("57600000x100"), at: ["20m"] },
      {
        when: "a Sentinel has no limit",
        samples: {
          ...series("redis_memory_used_bytes", "60800000x100"),
          ...series("redis_memory_max_bytes", "0x100"),
        },
        at: ["20m"],
      },
    ],
  },
  {
    name: "RedisEvicting",
    service: "redis",
    severity: "warning",
    expr: breach(evictions, evictionsLimit),
    for: "10m",
    summary: `Redis at {{ $labels.instance }} throws away ${value("per second")} keys a second`,
    description:
      "It has no room for what is in use: searches are asked of Postgres again, and counters of rate limits are lost.",
    normal: "0",
    threshold: evictionsLimit,
    panel: board("evictions"),
    inhibits: ["RedisMemoryHigh", "RedisHitRateLow"],
    fires: [
      {
        when: "the cache is too small",
        samples: series("redis_evicted_keys_total", "0x4 0+24x100"),
        // 13 steps of 24 are the 300 of one a second in 5 minutes.
        from: "270s",
        labels,
        summary: "Redis at cache throws away 1.6 keys a second",
      },
    ],
    quiet: [
      { when: "one a second is", samples: series("redis_evicted_keys_total", "0+15x100"), at: ["20m"] },
      { when: "there is room", samples: series("redis_evicted_keys_total", "900x100"), at: ["20m"] },
    ],
  },
  {
    name: "RedisConnectionsRejected",
    service: "redis",
    severity: "warning",
    expr: above(rejected, 0),
    for: "0s",
    keepFiringFor: "5m",
    summary: "Redis at {{ $labels.instance }} refuses connections: it has as many as it may",
    description:
      "Replicas that find no connection go on with their own memory. Each has a handful, so a client opens them " +
      "without closing them.",
    normal: "0",
    fires: [
      {
        when: "a client leaves its connections open",
        samples: series("redis_rejected_connections_total", "0x20 6x40"),
        from: "315s",
        labels,
        summary: "Redis at cache refuses connections: it has as many as it may",
      },
    ],
    quiet: [
      {
        when: "it refused some long ago",
        samples: series("redis_rejected_connections_total", "6x60"),
        at: ["10m"],
      },
    ],
  },
  {
    name: "RedisSlow",
    service: "redis",
    severity: "warning",
    expr: breach(slow, slowLimit),
    for: "5m",
    summary: `${value("count")} commands of Redis at {{ $labels.instance }} took longer than 10 ms`,
    description:
      "Every update waits for Redis twice. It answers one command after the other: a large one, a slow disk, or a " +
      "machine without time for it holds up all others.",
    normal: "below 5 in 10 minutes",
    threshold: slowLimit,
    panel: board("slow"),
    fires: [
      {
        when: "somebody asks for all keys again and again",
        samples: series("redis_slowlog_last_id", "0+2x100"),
        // 16 steps in the window of 40.
        from: "240s",
        labels,
        summary: "72 commands of Redis at cache took longer than 10 ms",
      },
    ],
    quiet: [
      {
        when: "some are slow while it starts",
        samples: series("redis_slowlog_last_id", "0 20x100"),
        at: ["8m", "14m"],
      },
      { when: "it restarts", samples: series("redis_slowlog_last_id", "900x20 0x80"), at: ["8m", "14m"] },
    ],
  },
  {
    name: "RedisRewriteFails",
    service: "redis",
    severity: "warning",
    expr: below(lastRewrite, 1),
    for: "15m",
    summary: "Redis at {{ $labels.instance }} cannot shorten its log",
    description:
      "The log grows until the disk is full; then Redis refuses writes. It lacks memory to fork, or disk.",
    normal: "1",
    fires: [
      {
        when: "there is no memory for a fork",
        samples: series("redis_aof_last_bgrewrite_status", "1x4 0x100"),
        from: "75s",
        labels,
        summary: "Redis at cache cannot shorten its log",
      },
    ],
    quiet: [
      {
        when: "the next rewrite succeeds",
        samples: series("redis_aof_last_bgrewrite_status", "1x4 0x40 1x60"),
        at: ["10m", "20m"],
      },
    ],
  },
];
