import { backupAge, backupAgeLimit, drillAge, drillAgeLimit } from "../alerts/backup.ts";
import {
  atLeastOne,
  errorRate,
  errorRateLimit,
  latency,
  latencyLimit,
  poolUse,
  poolUseLimit,
  webReplicasUp,
} from "../alerts/bot.ts";
import { loadShare, loadShareLimit } from "../alerts/capacity.ts";
import { overdue, overdueLimit } from "../alerts/jobs.ts";
import { breaker, breakerLimit } from "../alerts/mentor.ts";
import { outboxAge, outboxAgeLimit, pendingUpdates, pendingUpdatesLimit } from "../alerts/worker.ts";
import { certificateLeft, certificateLeftLimit, nginxUp } from "../alerts/nginx.ts";
import { connectionUse, postgresUp } from "../alerts/postgres.ts";
import { hitRate, hitRateLimit, redisUp } from "../alerts/redis.ts";
import { targetsDown, targetsDownLimit } from "../alerts/targets.ts";
import type { Board, Query } from "../catalogue.ts";
import { constant, max, quantile, rate, select, sum } from "../promql.ts";
import { badShare, budgetLeft } from "../recordings/slo.ts";
import { burnLimit, burns, type Objective } from "../slo.ts";

const burnQueries = (objective: Objective): Query[] =>
  [...burns.page, ...burns.ticket].flatMap(({ factor, long }) => [
    { expr: badShare(objective, long), legend: long },
    { expr: constant(burnLimit(objective, factor)), legend: `${factor} times`, limit: true as const },
  ]);

/** For whoever is on call: what is broken, what people notice, and which part of the stack causes it. */
export const overview: Board = {
  key: "overview",
  title: "Launch Lab: overview",
  description: "Is it broken now, do people notice, and which part causes it",
  rows: [
    {
      title: "Is it broken now?",
      panels: [
        {
          key: "alerts",
          title: "Firing alerts",
          description: "Everything that fires or is about to. Each alert links to its runbook.",
          kind: "alerts",
          unit: "count",
          queries: [],
          width: 8,
          height: 6,
          noValue: "nothing fires",
        },
        {
          key: "replicas",
          title: "Web replicas up",
          description: "Replicas of the bot that answer Prometheus. Normal: all configured ones.",
          kind: "stat",
          unit: "count",
          queries: [{ expr: webReplicasUp, legend: "up" }],
          threshold: atLeastOne,
          width: 4,
          height: 6,
          noValue: "no replica known",
        },
        {
          key: "services",
          title: "Services up",
          description:
            "Postgres, Redis (one server at least) and nginx as their exporters see them: 1 is up. Normal: 1.",
          kind: "stat",
          unit: "count",
          queries: [
            { expr: postgresUp, legend: "Postgres" },
            { expr: redisUp, legend: "Redis" },
            { expr: nginxUp, legend: "nginx" },
          ],
          threshold: atLeastOne,
          width: 8,
          height: 6,
          noValue: "no exporter answers",
        },
        {
          key: "targets",
          title: "Targets down",
          description: "Share of the targets of a job that Prometheus cannot read. Normal: none.",
          kind: "stat",
          unit: "ratio",
          queries: [{ expr: targetsDown, legend: "{{job}}" }],
          threshold: targetsDownLimit,
          width: 4,
          height: 6,
          noValue: "none",
        },
      ],
    },
    {
      title: "Do people notice?",
      panels: [
        {
          key: "updates",
          title: "Updates per second",
          description: "Messages and button presses that arrive, by kind. Normal: follows the time of day.",
          kind: "timeseries",
          unit: "per second",
          queries: [
            { expr: sum(["job", "type"], rate(select("bot_updates_total"), "5m")), legend: "{{type}}" },
          ],
          width: 8,
          height: 8,
          noValue: "no updates yet",
        },
        {
          key: "errors",
          title: "Failed updates",
          description:
            "Share of the updates that fail, time out or are handed back to Telegram. Normal: 0 %.",
          kind: "timeseries",
          unit: "ratio",
          queries: [{ expr: errorRate, legend: "failed" }],
          threshold: errorRateLimit,
          width: 8,
          height: 8,
          noValue: "no updates in 5 minutes",
        },
        {
          key: "latency",
          title: "Time to acknowledge an update",
          description: "From the arrival of an update to its acknowledgement. Normal: p95 below 100 ms.",
          kind: "timeseries",
          unit: "seconds",
          queries: [
            { expr: latency(0.5), legend: "p50" },
            { expr: latency(0.95), legend: "p95" },
            { expr: latency(0.99), legend: "p99" },
          ],
          threshold: latencyLimit,
          width: 8,
          height: 8,
          noValue: "no updates in 5 minutes",
        },
      ],
    },
    {
      title: "Are the promises kept?",
      panels: [
        {
          key: "budget",
          title: "Budget left of 30 days",
          description:
            "Bad updates that may still be before a promise is broken: 99.9 % done, 95 % within a second. Normal: above 50 %.",
          kind: "stat",
          unit: "ratio",
          queries: [
            { expr: budgetLeft("errors"), legend: "done" },
            { expr: budgetLeft("slow"), legend: "within 1 s" },
          ],
          threshold: { unit: "ratio", is: "below", value: 0.1 },
          width: 4,
          height: 8,
          noValue: "no updates yet",
        },
        {
          key: "burn-errors",
          title: "Share of failed updates by window",
          description:
            "Dashed: what uses up the budget of 30 days as fast as the alerts say. Normal: below 0.1 %.",
          kind: "timeseries",
          unit: "ratio",
          queries: burnQueries("errors"),
          width: 7,
          height: 8,
          noValue: "no updates yet",
        },
        {
          key: "burn-slow",
          title: "Share of slow updates by window",
          description:
            "Dashed: what uses up the budget of 30 days as fast as the alerts say. Normal: below 5 %.",
          kind: "timeseries",
          unit: "ratio",
          queries: burnQueries("slow"),
          width: 7,
          height: 8,
          noValue: "no updates yet",
        },
        {
          key: "load",
          title: "Load of what the stack is sized for",
          description:
            "Updates that arrive, as a share of those that `launchlab:users` people make. Normal: below 60 %.",
          kind: "timeseries",
          unit: "ratio",
          queries: [{ expr: loadShare, legend: "load" }],
          threshold: loadShareLimit,
          width: 6,
          height: 8,
          noValue: "no updates yet",
        },
      ],
    },
    {
      title: "Which part causes it?",
      panels: [
        {
          key: "connections",
          title: "Database connections in use",
          description:
            "Share of each replica's pool, and of the connections that the server allows. Normal: below 50 %.",
          kind: "timeseries",
          unit: "ratio",
          queries: [
            { expr: poolUse, legend: "pool {{instance}}" },
            { expr: connectionUse, legend: "server" },
          ],
          threshold: poolUseLimit,
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "hit-rate",
          title: "Cache hit rate",
          description:
            "Share of what is looked up in the cache that is there. Normal: 60 to 95 % under load.",
          kind: "timeseries",
          unit: "ratio",
          queries: [{ expr: hitRate, legend: "{{policy}}" }],
          threshold: hitRateLimit,
          width: 8,
          height: 8,
          noValue: "no lookups in 15 minutes",
        },
        {
          key: "cache-duration",
          title: "Time of a lookup in the cache",
          description: "In Redis, or in memory while it is away. Normal: p95 below 2.5 ms.",
          kind: "timeseries",
          unit: "seconds",
          queries: [
            {
              expr: quantile(0.95, "bot_cache_duration_seconds", ["job", "policy"], "5m"),
              legend: "{{policy}}",
            },
          ],
          width: 8,
          height: 8,
          noValue: "no lookups in 5 minutes",
        },
        {
          key: "outbox",
          title: "Oldest unsent answer",
          description: "Age of the oldest message that is saved but not sent. Normal: below 5 s.",
          kind: "timeseries",
          unit: "seconds",
          queries: [{ expr: outboxAge, legend: "oldest" }],
          threshold: outboxAgeLimit,
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "pending",
          title: "Updates waiting at Telegram",
          description: "Updates that Telegram has not been able to deliver yet. Normal: 0 to 10.",
          kind: "timeseries",
          unit: "count",
          queries: [{ expr: pendingUpdates, legend: "pending" }],
          threshold: pendingUpdatesLimit,
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "edge",
          title: "Requests at the edge",
          description: "What nginx serves, including the requests that it answers itself.",
          kind: "timeseries",
          unit: "per second",
          queries: [
            {
              expr: sum(["job", "instance"], rate(select("nginx_http_requests_total"), "5m")),
              legend: "requests",
            },
          ],
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "event-loop",
          title: "Event loop delay (p99)",
          description: "How late the bot's own timers run. Normal: below 50 ms; more means blocked replicas.",
          kind: "timeseries",
          unit: "seconds",
          queries: [
            {
              expr: max(["job", "instance"], select("nodejs_eventloop_lag_p99_seconds", { job: "bot" })),
              legend: "{{instance}}",
            },
          ],
          width: 8,
          height: 8,
          noValue: "no data",
        },
      ],
    },
    {
      title: "Is the work done that people wait for?",
      panels: [
        {
          key: "jobs-overdue",
          title: "Oldest waiting job",
          description: "How long the oldest job of each kind is due. Normal: below 5 s.",
          kind: "timeseries",
          unit: "seconds",
          queries: [{ expr: overdue, legend: "{{kind}}" }],
          threshold: overdueLimit,
          width: 12,
          height: 7,
          noValue: "no data",
        },
        {
          key: "jobs",
          title: "Jobs per second",
          description:
            "Tries of jobs by how they ended. Normal: done, and now and then one that was retried.",
          kind: "timeseries",
          unit: "per second",
          queries: [
            {
              expr: sum(["job", "kind", "outcome"], rate(select("bot_jobs_total"), "5m")),
              legend: "{{kind}} {{outcome}}",
            },
          ],
          width: 12,
          height: 7,
          noValue: "no data",
        },
      ],
    },
    {
      title: "Does the mentor answer?",
      panels: [
        {
          key: "mentor-breaker",
          title: "Breaker of the mentor",
          description:
            "0 is closed, 1 half open, 2 open: people are told that the mentor is away. Normal: 0.",
          kind: "stat",
          unit: "count",
          queries: [{ expr: breaker, legend: "breaker" }],
          threshold: breakerLimit,
          width: 4,
          height: 7,
          noValue: "no data",
        },
        {
          key: "mentor-requests",
          title: "Requests to the mentor's API",
          description:
            "By how they ended; rejected ones were not made, the breaker was open. Normal: answered.",
          kind: "timeseries",
          unit: "per second",
          queries: [
            {
              expr: sum(["job", "outcome"], rate(select("bot_mentor_requests_total"), "5m")),
              legend: "{{outcome}}",
            },
          ],
          width: 8,
          height: 7,
          noValue: "no data",
        },
        {
          key: "mentor-duration",
          title: "Time of an answer",
          description: "From the request to the whole answer. Normal: below 10 s; 30 s is the limit.",
          kind: "timeseries",
          unit: "seconds",
          queries: [
            { expr: quantile(0.5, "bot_mentor_duration_seconds", ["job"], "5m"), legend: "p50" },
            { expr: quantile(0.95, "bot_mentor_duration_seconds", ["job"], "5m"), legend: "p95" },
          ],
          width: 6,
          height: 7,
          noValue: "no questions in 5 minutes",
        },
        {
          key: "mentor-tokens",
          title: "Tokens per second",
          description:
            "What the mentor's API counts, and usually charges: of what is sent, and of its answers.",
          kind: "timeseries",
          unit: "per second",
          queries: [
            { expr: sum(["job", "part"], rate(select("bot_mentor_tokens_total"), "5m")), legend: "{{part}}" },
          ],
          width: 6,
          height: 7,
          noValue: "no data",
        },
      ],
    },
    {
      title: "What fails later?",
      collapsed: true,
      panels: [
        {
          key: "backup-age",
          title: "Age of the newest backup",
          description: "Time since the database was backed up. Normal: below 24 h.",
          kind: "stat",
          unit: "seconds",
          queries: [{ expr: backupAge, legend: "backup" }],
          threshold: backupAgeLimit,
          width: 4,
          height: 6,
          noValue: "backups are off",
        },
        {
          key: "drill-age",
          title: "Last restore drill",
          description: "Time since a backup was restored and tried. Normal: below 7 d.",
          kind: "stat",
          unit: "seconds",
          queries: [{ expr: drillAge, legend: "drill" }],
          threshold: drillAgeLimit,
          width: 4,
          height: 6,
          noValue: "drills are off",
        },
        {
          key: "certificate",
          title: "Certificate good for",
          description: "Time until the gateway's certificate ends. Normal: above 15 d.",
          kind: "stat",
          unit: "seconds",
          queries: [{ expr: certificateLeft, legend: "{{host}}" }],
          threshold: certificateLeftLimit,
          width: 4,
          height: 6,
          noValue: "TLS ends elsewhere",
        },
        {
          key: "backup-duration",
          title: "Time of backups and drills",
          description: "How long the last good backup and the last good drill took. Normal: minutes.",
          kind: "timeseries",
          unit: "seconds",
          queries: [
            { expr: max(["job", "kind"], select("bot_backup_duration_seconds")), legend: "{{kind}}" },
          ],
          width: 6,
          height: 6,
          noValue: "no data",
        },
        {
          key: "backup-size",
          title: "Size of a backup",
          description: "Compressed and encrypted. Normal: grows slowly; a sudden drop means lost data.",
          kind: "timeseries",
          unit: "bytes",
          queries: [{ expr: max(["job", "kind"], select("bot_backup_size_bytes")), legend: "{{kind}}" }],
          width: 6,
          height: 6,
          noValue: "no data",
        },
      ],
    },
  ],
};
