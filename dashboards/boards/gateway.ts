import { atLeastOne } from "../alerts/bot.ts";
import {
  answersByCode,
  edgeLatency,
  edgeLatencyLimit,
  failedLimit,
  failedShare,
  refusedLimit,
  refusedShare,
  uncounted,
  uncountedLimit,
} from "../alerts/gateway.ts";
import { connections, connectionsLimit, dropped, nginxUp } from "../alerts/nginx.ts";
import type { Board } from "../catalogue.ts";
import { above, max, rate, select, sum } from "../promql.ts";

const target = ["job", "instance"];

/** Does what Telegram sends get through. */
export const gateway: Board = {
  key: "gateway",
  title: "Launch Lab: gateway",
  description: "Does what Telegram sends get through to the bot",
  rows: [
    {
      title: "Is it broken now?",
      panels: [
        {
          key: "up",
          title: "Up",
          description: "Whether nginx answers its exporter. Normal: 1.",
          kind: "stat",
          unit: "count",
          queries: [{ expr: nginxUp, legend: "{{instance}}" }],
          threshold: atLeastOne,
          width: 4,
          height: 8,
          noValue: "no exporter answers",
        },
        {
          key: "failed",
          title: "Updates answered with an error",
          description:
            "Share of those that were passed on, or should have been, and got a 5xx: Telegram delivers them again. " +
            "Normal: 0 %.",
          kind: "timeseries",
          unit: "ratio",
          queries: [{ expr: failedShare, legend: "5xx" }],
          threshold: failedLimit,
          width: 10,
          height: 8,
          noValue: "no requests",
        },
        {
          key: "duration",
          title: "Time of an update at the gateway",
          description:
            "What Telegram waits: with the time before the bot, which the bot's own times leave out. Normal: p95 below 100 ms.",
          kind: "timeseries",
          unit: "seconds",
          queries: [0.5, 0.95, 0.99].map((q) => ({ expr: edgeLatency(q), legend: `p${q * 100}` })),
          threshold: edgeLatencyLimit,
          width: 10,
          height: 8,
          noValue: "no requests",
        },
      ],
    },
    {
      title: "What does it carry?",
      panels: [
        {
          key: "requests",
          title: "Requests per second",
          description: "All that nginx gets, with what it answers itself. Normal: follows the updates.",
          kind: "timeseries",
          unit: "per second",
          queries: [
            { expr: sum(target, rate(select("nginx_http_requests_total"), "5m")), legend: "{{instance}}" },
          ],
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "answers",
          title: "Answers per second",
          description:
            "By status. 200: the bot took it; 404 and 405: strangers look for something; 499: the caller did not wait. " +
            "Normal: nearly all are 200.",
          kind: "timeseries",
          unit: "per second",
          queries: [{ expr: above(answersByCode, 0), legend: "{{code}}" }],
          width: 8,
          height: 8,
          noValue: "no requests",
        },
        {
          key: "refused",
          title: "Requests refused",
          description:
            "Share of all requests that nginx itself refuses: 429, one caller has too many under way; 403, it may not come. " +
            "Normal: 0 %.",
          kind: "timeseries",
          unit: "ratio",
          queries: [{ expr: refusedShare, legend: "refused" }],
          threshold: refusedLimit,
          width: 8,
          height: 8,
          noValue: "no requests",
        },
        {
          key: "connections",
          title: "Connections",
          description:
            "Those that are open, with those of the exporter. Normal: below 150; Telegram opens 100.",
          kind: "timeseries",
          unit: "count",
          queries: [{ expr: connections, legend: "{{instance}}" }],
          threshold: connectionsLimit,
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "dropped",
          title: "Connections dropped in 5 minutes",
          description: "Taken and closed at once, for want of room. Normal: 0.",
          kind: "timeseries",
          unit: "count",
          queries: [{ expr: dropped, legend: "{{instance}}" }],
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "uncounted",
          title: "Requests not counted",
          description:
            "Share of what nginx had whose line did not reach the exporter: as much of what this board says is missing. " +
            "Normal: 0 %.",
          kind: "timeseries",
          unit: "ratio",
          queries: [{ expr: uncounted, legend: "{{instance}}" }],
          threshold: uncountedLimit,
          width: 8,
          height: 8,
          noValue: "no data",
        },
      ],
    },
    {
      title: "What do the connections do?",
      collapsed: true,
      panels: [
        {
          key: "states",
          title: "Connections by what they do",
          description: "Waiting ones are kept for the next request. Normal: nearly all of them wait.",
          kind: "timeseries",
          unit: "count",
          queries: [
            { expr: max(target, select("nginx_connections_waiting")), legend: "waiting {{instance}}" },
            { expr: max(target, select("nginx_connections_reading")), legend: "reading {{instance}}" },
            { expr: max(target, select("nginx_connections_writing")), legend: "writing {{instance}}" },
          ],
          width: 12,
          height: 8,
          noValue: "no data",
        },
      ],
    },
  ],
};
