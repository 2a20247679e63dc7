import type { Alert, Threshold } from "../catalogue.ts";
import { above, below, breach, given, increase, max, min, rate, ratio, select, sum } from "../promql.ts";
import { value } from "./text.ts";

const target = ["job", "instance"];
// Redis' own counters say nothing of the cache: each update's rate limit is a hit there.
const kept = ["job", "policy"];
const lookups = select("bot_cache_lookups_total");

/** Of several servers one is enough: another one takes over. */
export const redisUp = max(["job"], select("redis_up", { job: "redis" }));
/** Each server and each Sentinel. */
const serverUp = min(target, select("redis_up"));
const up: Threshold = { unit: "count", is: "below", value: 1 };

export const hitRate = ratio(
  sum(kept, rate(select("bot_cache_lookups_total", { result: "hit" }), "15m")),
  sum(kept, rate(lookups, "15m")),
);
export const hitRateLimit: Threshold = { unit: "ratio", is: "below", value: 0.5 };

/** An idle cache is all misses; so is a new one for its first minutes. */
const minimumLookups = above(sum(kept, increase(lookups, "15m")), 500);

const replicaLink = min(target, select("redis_master_link_up"));
const lastWrite = min(target, select("redis_aof_last_write_status"));

const labels = { job: "redis", instance: "cache" };
const series = (name: string, samples: string) => ({ [`${name}{job="redis",instance="cache"}`]: samples });
const counted = (result: string, samples: string) => ({
  [`bot_cache_lookups_total{job="bot",instance="web-0",policy="search",result="${result}"}`]: samples,
});
const found = (hit: string, missed: string) => ({ ...counted("hit", hit), ...counted("miss", missed) });

export const redisAlerts: readonly Alert[] = [
  {
    name: "RedisDown",
    service: "redis",
    severity: "critical",
    expr: breach(redisUp, up),
    for: "1m",
    summary: "Redis does not answer",
    description:
      "The bot goes on with the memory of each replica: answers are slower and rate limits are only approximate. " +
      "Start with Redis' own log.",
    normal: "1",
    threshold: up,
    panel: { board: "overview", key: "services" },
    inhibits: [
      "CacheFallbackActive",
      "RedisHitRateLow",
      "RedisServerDown",
      "RedisReplicationBroken",
      "RedisWritesRefused",
      "RedisRewriteFails",
      "RedisSlow",
    ],
    fires: [
      {
        when: "Redis stops",
        samples: series("redis_up", "1x4 0x40"),
        from: "75s",
        labels: { job: "redis" },
        summary: "Redis does not answer",
      },
      {
        when: "all servers stop, and the Sentinels do not",
        samples: {
          ...series("redis_up", "1x4 0x40"),
          'redis_up{job="redis",instance="redis-1"}': "0x44",
          'redis_up{job="redis-sentinel",instance="redis-sentinel-0"}': "1x44",
        },
        from: "75s",
        labels: { job: "redis" },
        summary: "Redis does not answer",
      },
    ],
    quiet: [
      {
        when: "Redis restarts within a minute",
        samples: series("redis_up", "1x4 0x3 1x40"),
        at: ["2m", "5m"],
      },
      { when: "it runs", samples: series("redis_up", "1x40"), at: ["10m"] },
      {
        when: "one of three servers stops",
        samples: {
          ...series("redis_up", "0x40"),
          'redis_up{job="redis",instance="redis-1"}': "1x40",
          'redis_up{job="redis",instance="redis-2"}': "1x40",
        },
        at: ["10m"],
      },
    ],
  },
  {
    name: "RedisServerDown",
    service: "redis",
    severity: "warning",
    expr: below(serverUp, 1),
    for: "2m",
    summary: "{{ $labels.instance }} of Redis does not answer",
    description:
      "With Sentinels the others go on, and the next loss is felt: without two servers nothing is written, and " +
      "without two Sentinels no lost primary is replaced.",
    normal: "1",
    fires: [
      {
        when: "a Sentinel stops",
        samples: {
          ...series("redis_up", "1x44"),
          'redis_up{job="redis-sentinel",instance="redis-sentinel-0"}': "1x4 0x40",
        },
        from: "75s",
        labels: { job: "redis-sentinel", instance: "redis-sentinel-0" },
        summary: "redis-sentinel-0 of Redis does not answer",
      },
    ],
    quiet: [
      { when: "a server restarts", samples: series("redis_up", "1x4 0x7 1x40"), at: ["3m", "5m"] },
      { when: "it runs", samples: series("redis_up", "1x40"), at: ["10m"] },
    ],
  },
  {
    name: "RedisReplicationBroken",
    service: "redis",
    severity: "warning",
    expr: below(replicaLink, 1),
    for: "2m",
    summary: "{{ $labels.instance }} of Redis does not follow a primary",
    description:
      "Either there is no primary, because the Sentinels could not agree on a new one, or this replica cannot copy " +
      "it. Start with the logs of the Sentinels.",
    normal: "1",
    fires: [
      {
        when: "a replica loses its primary",
        samples: series("redis_master_link_up", "1x4 0x40"),
        from: "75s",
        labels,
        summary: "cache of Redis does not follow a primary",
      },
    ],
    quiet: [
      { when: "a failover", samples: series("redis_master_link_up", "1x4 0x7 1x40"), at: ["3m", "5m"] },
      { when: "it follows", samples: series("redis_master_link_up", "1x40"), at: ["10m"] },
    ],
  },
  {
    name: "RedisWritesRefused",
    service: "redis",
    severity: "warning",
    expr: below(lastWrite, 1),
    for: "1m",
    summary: "Redis at {{ $labels.instance }} refuses writes: it cannot write its log",
    description: "Its disk is full or broken. The bot goes on with the memory of each replica.",
    normal: "1",
    fires: [
      {
        when: "the disk is full",
        samples: series("redis_aof_last_write_status", "1x4 0x40"),
        from: "75s",
        labels,
        summary: "Redis at cache refuses writes: it cannot write its log",
      },
    ],
    quiet: [{ when: "it writes", samples: series("redis_aof_last_write_status", "1x40"), at: ["10m"] }],
  },
  {
    name: "RedisHitRateLow",
    service: "redis",
    severity: "warning",
    expr: given(breach(hitRate, hitRateLimit), minimumLookups),
    for: "15m",
    summary: `Only ${value("ratio")} of what is looked up in the cache ({{ $labels.policy }}) is there`,
    description:
      "The cache costs a round trip and saves little, so Postgres does the work. Many changes of profiles (each " +
      "drops the searches), evictions, a Redis that comes and goes, or a changed key are the usual causes.",
    normal: "60 to 95 %",
    threshold: hitRateLimit,
    panel: { board: "overview", key: "hit-rate" },
    fires: [
      {
        when: "4 of 10 lookups hit",
        samples: found("0+16x200", "0+24x200"),
        // 500 lookups: 40 in 15 s, 13 steps; the increase is extrapolated to the edges of the window.
        from: "195s",
        labels: { job: "bot", policy: "search" },
        summary: "Only 40% of what is looked up in the cache (search) is there",
      },
    ],
    quiet: [
      { when: "half of the lookups hit", samples: found("0+20x200", "0+20x200"), at: ["30m", "45m"] },
      { when: "an almost idle cache misses", samples: found("0x200", "0+1x200"), at: ["30m", "45m"] },
      { when: "nobody looks anything up", samples: found("1000x200", "3000x200"), at: ["30m", "45m"] },
    ],
  },
];
