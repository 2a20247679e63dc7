import { PROMISED_P95 } from "../../loadtest/k6/lib/profile.ts";
import type { Board, Query } from "../catalogue.ts";
import { constant, max, quantile, rate, select, sum } from "../promql.ts";

const promised: Query = { expr: constant(PROMISED_P95 / 1000), legend: "promised p95", limit: true };
const emptyWhen = "no load test ran for more than a few seconds in the last 15 minutes";
const noValue = "no load test runs";
const window = "$__rate_interval";
const latency = (q: number) => quantile(q, "bot_update_duration_seconds", ["job"], window);

/** For whoever loads the bot: both ends of the same line. */
export const load: Board = {
  key: "load",
  title: "Launch Lab: load test",
  description: "What the load generator sees, and beside it what the bot sees",
  rows: [
    {
      title: "How much?",
      panels: [
        {
          key: "sent",
          title: "Answers that k6 got, per second",
          description:
            "Updates that were posted and answered, by kind of action. Normal: the rate of the profile, 308 per second " +
            "of users2000.",
          kind: "timeseries",
          unit: "per second",
          queries: [
            { expr: sum(["job", "kind"], rate(select("k6_answers_total"), window)), legend: "{{kind}}" },
          ],
          width: 12,
          height: 8,
          noValue,
          emptyWhen,
        },
        {
          key: "handled",
          title: "Updates that the bot handled, per second",
          description:
            "All replicas together, by outcome. Normal: what k6 sent, and whatever else people do.",
          kind: "timeseries",
          unit: "per second",
          queries: [
            {
              expr: sum(["job", "outcome"], rate(select("bot_updates_total"), window)),
              legend: "{{outcome}}",
            },
          ],
          width: 12,
          height: 8,
          noValue: "no updates yet",
        },
      ],
    },
    {
      title: "How fast?",
      panels: [
        {
          key: "from-due",
          title: "Time from due to answered, as k6 sees it",
          description:
            "From the moment an update was due, whether or not a connection was free; since the run began. " +
            `Normal: p95 below ${PROMISED_P95} ms.`,
          kind: "timeseries",
          unit: "seconds",
          queries: [
            { expr: max(["job", "kind"], select("k6_from_due_p95")), legend: "p95 {{kind}}" },
            { expr: max(["job", "kind"], select("k6_from_due_p99")), legend: "p99 {{kind}}" },
            promised,
          ],
          width: 12,
          height: 8,
          noValue,
          emptyWhen,
        },
        {
          key: "acknowledged",
          title: "Time to acknowledge, as the bot sees it",
          description:
            "From the arrival of an update at a replica. Normal: near what k6 sees; the rest is spent before the bot, or " +
            "in the generator.",
          kind: "timeseries",
          unit: "seconds",
          queries: [
            { expr: latency(0.5), legend: "p50" },
            { expr: latency(0.95), legend: "p95" },
            { expr: latency(0.99), legend: "p99" },
            promised,
          ],
          width: 12,
          height: 8,
          noValue: "no updates",
        },
      ],
    },
    {
      title: "Can the figures be trusted?",
      panels: [
        {
          key: "answers",
          title: "Answers by status, per second",
          description:
            "Telegram takes only 200 for delivered; 0 is no answer at all. Normal: 200 and no other.",
          kind: "timeseries",
          unit: "per second",
          queries: [
            {
              expr: sum(["job", "status"], rate(select("k6_http_reqs_total"), window)),
              legend: "{{status}}",
            },
          ],
          width: 8,
          height: 7,
          noValue,
          emptyWhen,
        },
        {
          key: "dropped",
          title: "Updates that were not sent",
          description:
            "Due, but no connection was free. Normal: none; one of them makes the figures of the run worthless.",
          kind: "timeseries",
          unit: "per second",
          queries: [
            {
              expr: sum(["job", "scenario"], rate(select("k6_dropped_iterations_total"), window)),
              legend: "{{scenario}}",
            },
          ],
          width: 8,
          height: 7,
          noValue: "none",
          emptyWhen: "k6 counts none before the first",
        },
        {
          key: "connections",
          title: "Connections",
          description:
            "Those that wait for an answer are as many as Telegram would hold. Normal: all exist from the start, and few " +
            "are ever busy at once.",
          kind: "timeseries",
          unit: "count",
          queries: [
            { expr: max(["job"], select("k6_vus")), legend: "at work" },
            { expr: max(["job"], select("k6_vus_max")), legend: "there", limit: true },
          ],
          width: 8,
          height: 7,
          noValue,
          emptyWhen,
        },
      ],
    },
  ],
};
