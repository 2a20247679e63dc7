import { atLeastOne } from "../alerts/bot.ts";
import {
  evictions,
  evictionsLimit,
  memoryUse,
  memoryUseLimit,
  rejected,
  slow,
  slowLimit,
} from "../alerts/redis-load.ts";
import { redisUp } from "../alerts/redis.ts";
import type { Board } from "../catalogue.ts";
import { max, min, plus, rate, ratio, select, sum } from "../promql.ts";

const target = ["job", "instance"];
const command = [...target, "cmd"];
const perSecond = (name: Parameters<typeof select>[0]) => sum(target, rate(select(name), "5m"));
const hits = perSecond("redis_keyspace_hits_total");

/** Is Redis well, does it have room, and how fast does it answer. */
export const redis: Board = {
  key: "redis",
  title: "Launch Lab: Redis",
  description: "Is the cache well, does it have room, and how fast does it answer",
  rows: [
    {
      title: "Is it broken now?",
      panels: [
        {
          key: "up",
          title: "Up",
          description: "Whether one server at least answers its exporter. Normal: 1.",
          kind: "stat",
          unit: "count",
          queries: [{ expr: redisUp, legend: "Redis" }],
          threshold: atLeastOne,
          width: 4,
          height: 5,
          noValue: "no exporter answers",
        },
        {
          key: "servers",
          title: "Servers and Sentinels",
          description: "Each of them: 1 answers. Normal: 1.",
          kind: "stat",
          unit: "count",
          queries: [{ expr: min(target, select("redis_up")), legend: "{{instance}}" }],
          threshold: atLeastOne,
          width: 8,
          height: 5,
          noValue: "no exporter answers",
        },
        {
          key: "memory-use",
          title: "Memory in use",
          description: "Share of `maxmemory`. Normal: below 50 %; at 100 % it throws away what is in use.",
          kind: "stat",
          unit: "ratio",
          queries: [{ expr: memoryUse, legend: "{{instance}}" }],
          threshold: memoryUseLimit,
          width: 4,
          height: 5,
          noValue: "no data",
        },
        {
          key: "log",
          title: "Log written",
          description:
            "Whether the last change, and the last rewrite of the log, reached the disk: 1 is yes. Normal: 1.",
          kind: "stat",
          unit: "count",
          queries: [
            { expr: min(target, select("redis_aof_last_write_status")), legend: "change" },
            { expr: min(target, select("redis_aof_last_bgrewrite_status")), legend: "rewrite" },
          ],
          threshold: atLeastOne,
          width: 8,
          height: 5,
          noValue: "no data",
        },
      ],
    },
    {
      title: "Does it have room?",
      panels: [
        {
          key: "memory",
          title: "Memory",
          description: "What the keys take, against `maxmemory`. Normal: follows the number of people.",
          kind: "timeseries",
          unit: "bytes",
          queries: [
            { expr: max(target, select("redis_memory_used_bytes")), legend: "used {{instance}}" },
            { expr: max(["job"], select("redis_memory_max_bytes")), legend: "maxmemory", limit: true },
          ],
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "evictions",
          title: "Keys thrown away",
          description: "Per second, for want of memory. Normal: 0.",
          kind: "timeseries",
          unit: "per second",
          queries: [{ expr: evictions, legend: "{{instance}}" }],
          threshold: evictionsLimit,
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "clients",
          title: "Clients",
          description: "Connections, against the number that it takes. Normal: a handful for each replica.",
          kind: "timeseries",
          unit: "count",
          queries: [
            { expr: max(target, select("redis_connected_clients")), legend: "connected {{instance}}" },
            { expr: max(target, select("redis_blocked_clients")), legend: "blocked {{instance}}" },
          ],
          width: 8,
          height: 8,
          noValue: "no data",
        },
      ],
    },
    {
      title: "How fast does it answer?",
      panels: [
        {
          key: "commands",
          title: "Commands per second",
          description: "By name. Normal: two or three for each update.",
          kind: "timeseries",
          unit: "per second",
          queries: [{ expr: sum(command, rate(select("redis_commands_total"), "5m")), legend: "{{cmd}}" }],
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "duration",
          title: "Time of a command",
          description: "Mean time in Redis itself, without the way there. Normal: below 100 µs.",
          kind: "timeseries",
          unit: "seconds",
          queries: [
            {
              expr: ratio(
                sum(command, rate(select("redis_commands_duration_seconds_total"), "5m")),
                sum(command, rate(select("redis_commands_total"), "5m")),
              ),
              legend: "{{cmd}}",
            },
          ],
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "slow",
          title: "Slow commands in 10 minutes",
          description: "Commands that took longer than 10 ms. Normal: below 5.",
          kind: "timeseries",
          unit: "count",
          queries: [{ expr: slow, legend: "{{instance}}" }],
          threshold: slowLimit,
          width: 8,
          height: 8,
          noValue: "no data",
        },
      ],
    },
    {
      title: "What else?",
      collapsed: true,
      panels: [
        {
          key: "hits",
          title: "Keys found",
          description:
            "Share of all reads, those of the rate limit too. Normal: above 80 %; the overview has the cache alone.",
          kind: "timeseries",
          unit: "ratio",
          queries: [
            {
              expr: ratio(hits, plus(hits, perSecond("redis_keyspace_misses_total"))),
              legend: "{{instance}}",
            },
          ],
          width: 8,
          height: 8,
          noValue: "nothing is read",
        },
        {
          key: "keys",
          title: "Keys",
          description:
            "How many there are, and how many a second reach the end of their life. Normal: level.",
          kind: "timeseries",
          unit: "count",
          queries: [
            { expr: sum(target, select("redis_db_keys")), legend: "keys {{instance}}" },
            { expr: perSecond("redis_expired_keys_total"), legend: "expired per second {{instance}}" },
          ],
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "network",
          title: "Bytes per second",
          description: "What clients send and get. Normal: below 10 MB.",
          kind: "timeseries",
          unit: "bytes",
          queries: [
            { expr: perSecond("redis_net_input_bytes_total"), legend: "in {{instance}}" },
            { expr: perSecond("redis_net_output_bytes_total"), legend: "out {{instance}}" },
          ],
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "rejected",
          title: "Refused connections in 5 minutes",
          description: "Those above the number that it takes. Normal: 0.",
          kind: "timeseries",
          unit: "count",
          queries: [{ expr: rejected, legend: "{{instance}}" }],
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "fragmentation",
          title: "Fragmentation",
          description:
            "Memory that the system gave, by what the keys take. Normal: 1 to 2; much more while almost empty.",
          kind: "timeseries",
          unit: "count",
          queries: [{ expr: max(target, select("redis_mem_fragmentation_ratio")), legend: "{{instance}}" }],
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "log-size",
          title: "Size of the log",
          description:
            "What a restart reads. Normal: below twice the memory; it is rewritten when it has doubled.",
          kind: "timeseries",
          unit: "bytes",
          queries: [{ expr: max(target, select("redis_aof_current_size_bytes")), legend: "{{instance}}" }],
          width: 8,
          height: 8,
          noValue: "no data",
        },
      ],
    },
  ],
};
