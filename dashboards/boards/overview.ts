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
import { certificateLeft, certificateLeftLimit, nginxUp } from "../alerts/nginx.ts";
import { connectionUse, postgresUp } from "../alerts/postgres.ts";
import { hitRate, hitRateLimit, redisUp } from "../alerts/redis.ts";
import { targetsDown, targetsDownLimit } from "../alerts/targets.ts";
import type { Board, Query } from "../catalogue.ts";
import { constant, max, rate, select, sum } from "../promql.ts";
import { sizedFor } from "../recordings/capacity.ts";
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
          height: 7,
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
          height: 7,
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
          height: 7,
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
          height: 7,
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
          width: 6,
          height: 7,
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
          width: 9,
          height: 7,
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
          width: 9,
          height: 7,
          noValue: "no updates yet",
        },
      ],
    },
    {
      title: "Is it too much?",
      panels: [
        {
          key: "load",
          title: "Load of what the stack is sized for",
          description:
            "Updates that arrive, as a share of those that `launchlab:users` people make. Normal: below 60 %.",
          kind: "timeseries",
          unit: "ratio",
          queries: [{ expr: loadShare, legend: "load" }],
          threshold: loadShareLimit,
          width: 12,
          height: 7,
          noValue: "no updates yet",
        },
        {
          key: "people",
          title: "Active people",
          description:
            "Who wrote or pressed something within 5 minutes, an hour and a day. Dashed: how many at once the stack is sized for.",
          kind: "timeseries",
          unit: "count",
          queries: [
            { expr: max(["window"], select("bot_active_users")), legend: "in {{window}}" },
            { expr: sizedFor("users"), legend: "sized for", limit: true },
          ],
          width: 12,
          height: 7,
          noValue: "no worker answers",
        },
      ],
    },
    {
      title: "What may cause it, or comes next?",
      collapsed: true,
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
          height: 7,
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
          height: 7,
          noValue: "no lookups in 15 minutes",
          emptyWhen: "nobody has searched for 15 minutes",
        },
        {
          key: "certificate",
          title: "Certificate good for",
          description: "Time until the gateway's certificate ends. Normal: above 15 d.",
          kind: "stat",
          unit: "seconds",
          queries: [{ expr: certificateLeft, legend: "{{host}}" }],
          threshold: certificateLeftLimit,
          width: 8,
          height: 7,
          noValue: "TLS ends elsewhere",
          emptyWhen: "the gateway shows no certificate: TLS ends elsewhere, or nowhere",
        },
      ],
    },
  ],
};
