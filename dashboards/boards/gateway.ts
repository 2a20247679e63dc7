import { atLeastOne } from "../alerts/bot.ts";
import { connections, connectionsLimit, dropped, nginxUp } from "../alerts/nginx.ts";
import type { Board } from "../catalogue.ts";
import { max, rate, select, sum } from "../promql.ts";

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
          height: 5,
          noValue: "no exporter answers",
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
