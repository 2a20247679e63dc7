import { fallback, fallbackLimit } from "../alerts/cache.ts";
import { checkTime, checkTimeLimit } from "../alerts/checks.ts";
import { poolUse, poolUseLimit, poolWaiting, poolWaitingLimit } from "../alerts/bot.ts";
import {
  builds,
  buildsLimit,
  lately,
  latelyLimit,
  loopLag,
  loopLagLimit,
  maintenance,
  maintenanceLimit,
  refused,
  refusedLimit,
  replicaShare,
  replicaShareLimit,
} from "../alerts/replicas.ts";
import {
  apiErrors,
  apiErrorsLimit,
  apiRefused,
  apiRefusedLimit,
  sinceDeliveryError,
  sinceDeliveryErrorLimit,
} from "../alerts/telegram.ts";
import { pendingUpdates, pendingUpdatesLimit } from "../alerts/worker.ts";
import type { Board, State } from "../catalogue.ts";
import { changes, increase, max, minus, quantile, rate, select, sum } from "../promql.ts";

const replica = ["job", "instance"];
const process = { job: "bot" };
const window = "$__rate_interval";
const handled = select("bot_handled_total");

/** 0 and 1 as they are good. */
const off = (text: string, on: string): State[] => [
  { value: 0, text, is: "good" },
  { value: 1, text: on, is: "bad" },
];

/** What comes in, who answers it, and what it costs. */
export const bot: Board = {
  key: "bot",
  title: "Launch Lab: bot",
  description:
    "What comes in, which part of the bot answers it how, and what the replicas and Telegram make of it",
  replicas: true,
  rows: [
    {
      title: "What comes in, and how does it end?",
      panels: [
        {
          key: "types",
          title: "Updates per second by kind",
          description: "Commands, button presses and messages that arrive. Normal: follows the time of day.",
          kind: "timeseries",
          unit: "per second",
          queries: [
            { expr: sum(["job", "type"], rate(select("bot_updates_total"), window)), legend: "{{type}}" },
          ],
          width: 8,
          height: 8,
          noValue: "no updates yet",
        },
        {
          key: "outcomes",
          title: "Updates per second by outcome",
          description:
            "How they end. Normal: ok, and a few that are throttled; error, timeout, unavailable and dead are failures.",
          kind: "timeseries",
          unit: "per second",
          queries: [
            {
              expr: sum(["job", "outcome"], rate(select("bot_updates_total"), window)),
              legend: "{{outcome}}",
            },
          ],
          width: 8,
          height: 8,
          noValue: "no updates yet",
        },
        {
          key: "durations",
          title: "Time to acknowledge an update by kind (p95)",
          description:
            "From its arrival to its acknowledgement, which waits for the messages. Normal: below 100 ms.",
          kind: "timeseries",
          unit: "seconds",
          queries: [
            {
              expr: quantile(0.95, "bot_update_duration_seconds", ["job", "type"], "5m"),
              legend: "{{type}}",
            },
          ],
          width: 8,
          height: 8,
          noValue: "no updates in 5 minutes",
        },
        {
          key: "handlers",
          title: "Commands and features in the last hour",
          description:
            "Who answers what: a command by its name, buttons and messages by their feature. Normal: no failures, p95 below 50 ms.",
          kind: "table",
          unit: "count",
          queries: [
            { expr: sum(["handler"], increase(handled, "1h")), legend: "Runs" },
            {
              expr: minus(
                sum(["handler"], increase(handled, "1h")),
                sum(["handler"], increase(select("bot_handled_total", { outcome: "ok" }), "1h")),
              ),
              legend: "Failures",
            },
            {
              expr: quantile(0.95, "bot_handler_duration_seconds", ["handler"], "1h"),
              legend: "p95",
              unit: "seconds",
            },
          ],
          width: 16,
          height: 10,
          noValue: "no updates in an hour",
          emptyWhen: "every handler ran for the first time since its replica was read",
        },
        {
          key: "throttled",
          title: "Updates sent back by full replicas",
          description: "More at once than a replica takes: Telegram comes again. Normal: 0.",
          kind: "timeseries",
          unit: "per second",
          queries: [{ expr: refused, legend: "sent back" }],
          threshold: refusedLimit,
          width: 8,
          height: 5,
          noValue: "no data",
        },
        {
          key: "limited",
          title: "Updates over a person's limit",
          description: "Turned away with one notice: somebody writes too much. Normal: below 1 % of all.",
          kind: "timeseries",
          unit: "per second",
          queries: [
            {
              expr: sum(["job"], rate(select("bot_throttled_total", { limit: "user" }), window)),
              legend: "limited",
            },
          ],
          width: 8,
          height: 5,
          noValue: "no data",
        },
      ],
    },
    {
      title: "Does Telegram answer, and reach us?",
      panels: [
        {
          key: "api-errors",
          title: "Calls without an answer, or with an error of Telegram's",
          description: "Share of all calls to the Bot API. Normal: below 0.1 %.",
          kind: "timeseries",
          unit: "ratio",
          queries: [{ expr: apiErrors, legend: "failed" }],
          threshold: apiErrorsLimit,
          width: 8,
          height: 7,
          noValue: "no calls in 5 minutes",
        },
        {
          key: "api-codes",
          title: "Calls that Telegram refuses as too many",
          description: "Answers with the code 429; the calls are made again later. Normal: 0.",
          kind: "timeseries",
          unit: "per second",
          queries: [{ expr: apiRefused, legend: "too many" }],
          threshold: apiRefusedLimit,
          width: 8,
          height: 7,
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
          height: 7,
          noValue: "no data",
        },
      ],
    },
    {
      title: "What do the replicas use?",
      panels: [
        {
          key: "event-loop",
          title: "Event loop delay (p99)",
          description:
            "How late timers of a replica run. Normal: below 50 ms; more means that it is busy with itself.",
          kind: "timeseries",
          unit: "seconds",
          queries: [{ expr: loopLag, legend: "{{instance}}" }],
          threshold: loopLagLimit,
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "processor",
          title: "Processor",
          description:
            "Seconds of a core in each second. Normal: below 0.6; one replica uses little more than one core.",
          kind: "timeseries",
          unit: "ratio",
          queries: [
            {
              expr: sum(replica, rate(select("process_cpu_seconds_total", process), window)),
              legend: "{{instance}}",
            },
          ],
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "memory",
          title: "Memory",
          description:
            "Of each process. Normal: 100 to 250 MB; a rise over days is a leak. 512 MB is the limit.",
          kind: "timeseries",
          unit: "bytes",
          queries: [
            { expr: max(replica, select("process_resident_memory_bytes", process)), legend: "{{instance}}" },
          ],
          width: 8,
          height: 8,
          noValue: "no data",
        },
      ],
    },
    {
      title: "Calls to Telegram by method",
      collapsed: true,
      panels: [
        {
          key: "api-methods",
          title: "Calls to Telegram by method and answer",
          description:
            "Normal: sendMessage and answerCallbackQuery with 200; 403 is somebody who blocked the bot.",
          kind: "timeseries",
          unit: "per second",
          queries: [
            {
              expr: sum(["method", "code"], rate(select("bot_telegram_api_requests_total"), window)),
              legend: "{{method}} {{code}}",
            },
          ],
          width: 8,
          height: 8,
          noValue: "no calls yet",
        },
        {
          key: "api-durations",
          title: "Time of a call to Telegram (p95)",
          description:
            "Including the wait for a free socket. Normal: 50 to 300 ms; 5 s is the limit, of files 15 s.",
          kind: "timeseries",
          unit: "seconds",
          queries: [
            {
              expr: quantile(0.95, "bot_telegram_api_duration_seconds", ["method"], "5m"),
              legend: "{{method}}",
            },
          ],
          width: 8,
          height: 8,
          noValue: "no calls in 5 minutes",
        },
        {
          key: "delivery-error",
          title: "Time since Telegram's last failed delivery",
          description: "As Telegram notes it for the webhook. Normal: nothing, or more than an hour.",
          kind: "stat",
          unit: "seconds",
          queries: [{ expr: sinceDeliveryError, legend: "last failure" }],
          threshold: sinceDeliveryErrorLimit,
          width: 8,
          height: 8,
          noValue: "none",
          emptyWhen: "no delivery has ever failed",
        },
      ],
    },
    {
      title: "Replicas",
      collapsed: true,
      panels: [
        {
          key: "replicas",
          title: "Web replicas of those configured",
          description: "Normal: 100 %, and more where the number follows the load.",
          kind: "stat",
          unit: "ratio",
          queries: [{ expr: replicaShare, legend: "up" }],
          threshold: replicaShareLimit,
          width: 4,
          height: 7,
          noValue: "no replica known",
        },
        {
          key: "builds",
          title: "Builds that run",
          description: "Normal: 1, and 2 for minutes while a deployment rolls through.",
          kind: "stat",
          unit: "count",
          queries: [{ expr: builds, legend: "builds" }],
          threshold: buildsLimit,
          width: 4,
          height: 7,
          noValue: "no replica known",
        },
        {
          key: "build-list",
          title: "What runs where",
          description: "Version and hash of the sources of each replica. Normal: all the same.",
          kind: "table",
          unit: "count",
          queries: [
            {
              expr: max(["instance", "role", "version", "source"], select("bot_build_info")),
              legend: "Running",
            },
          ],
          width: 8,
          height: 7,
          noValue: "no replica known",
        },
        {
          key: "restarts",
          title: "Starts within an hour",
          description: "How often each process began anew. Normal: 0, and 1 after a deployment.",
          kind: "timeseries",
          unit: "count",
          queries: [
            {
              expr: max(replica, changes(select("process_start_time_seconds", process), "1h")),
              legend: "{{instance}}",
            },
          ],
          width: 8,
          height: 7,
          noValue: "no data",
        },
        {
          key: "gc",
          title: "Time spent on collecting garbage",
          description: "Share of the time in which a replica does nothing else. Normal: below 2 %.",
          kind: "timeseries",
          unit: "ratio",
          queries: [
            {
              expr: sum(replica, rate(select("nodejs_gc_duration_seconds_sum", process), window)),
              legend: "{{instance}}",
            },
          ],
          width: 6,
          height: 7,
          noValue: "no data",
        },
        {
          key: "heap",
          title: "Heap",
          description: "Memory of JavaScript's values. Normal: 30 to 100 MB, in waves.",
          kind: "timeseries",
          unit: "bytes",
          queries: [
            { expr: max(replica, select("nodejs_heap_size_used_bytes", process)), legend: "{{instance}}" },
          ],
          width: 6,
          height: 7,
          noValue: "no data",
        },
        {
          key: "in-flight",
          title: "Updates at work",
          description:
            "At the moment of the look. Normal: below 20; Telegram sends 100 at once to all. 150 fill a replica.",
          kind: "timeseries",
          unit: "count",
          queries: [
            { expr: max(replica, select("bot_updates_in_flight", { role: "web" })), legend: "{{instance}}" },
          ],
          width: 6,
          height: 7,
          noValue: "no updates yet",
        },
        {
          key: "service-check",
          title: "Checks of Postgres and Redis",
          description: "Time that a replica's check takes to write and to read. Normal: a few milliseconds.",
          kind: "timeseries",
          unit: "seconds",
          queries: [{ expr: checkTime, legend: "{{checked}} from {{instance}}" }],
          threshold: checkTimeLimit,
          width: 6,
          height: 7,
          noValue: "nothing is checked",
        },
        {
          key: "maintenance",
          title: "Maintenance",
          description: "Whether people are told of a maintenance. Normal: off.",
          kind: "states",
          unit: "count",
          queries: [{ expr: maintenance, legend: "maintenance" }],
          threshold: maintenanceLimit,
          states: off("off", "on"),
          width: 6,
          height: 7,
          noValue: "no data",
        },
      ],
    },
    {
      title: "Connections to the database, and the cache",
      collapsed: true,
      panels: [
        {
          key: "pool",
          title: "Connections in use",
          description: "Share of each replica's pool. Normal: below 50 %.",
          kind: "timeseries",
          unit: "ratio",
          queries: [{ expr: poolUse, legend: "{{instance}}" }],
          threshold: poolUseLimit,
          width: 6,
          height: 7,
          noValue: "no data",
        },
        {
          key: "pool-waiting",
          title: "Waiting for a connection",
          description: "Callers of each replica that wait. Normal: 0, and a few for a moment.",
          kind: "timeseries",
          unit: "count",
          queries: [{ expr: poolWaiting, legend: "{{instance}}" }],
          threshold: poolWaitingLimit,
          width: 6,
          height: 7,
          noValue: "no data",
        },
        {
          key: "pool-wait",
          title: "Time until a connection is there",
          description: "Normal: p99 below 1 ms; 5 s is the limit.",
          kind: "timeseries",
          unit: "seconds",
          queries: [
            { expr: quantile(0.5, "bot_db_pool_wait_seconds", ["job"], "5m"), legend: "p50" },
            { expr: quantile(0.99, "bot_db_pool_wait_seconds", ["job"], "5m"), legend: "p99" },
          ],
          width: 6,
          height: 7,
          noValue: "no statements in 5 minutes",
        },
        {
          key: "cache-fallback",
          title: "Without Redis",
          description: "Whether the memory of a replica stands in for Redis. Normal: with Redis.",
          kind: "states",
          unit: "count",
          queries: [{ expr: fallback, legend: "{{instance}}" }],
          threshold: fallbackLimit,
          states: off("with Redis", "without"),
          width: 6,
          height: 7,
          noValue: "no data",
        },
        {
          key: "operations",
          title: "Statements in the last 5 minutes",
          description: "Round trips to Postgres by what they are for. Normal: p95 below 10 ms, no failures.",
          kind: "table",
          unit: "count",
          queries: [
            {
              expr: sum(["operation"], increase(select("bot_db_query_duration_seconds_count"), "5m")),
              legend: "Runs",
            },
            {
              expr: sum(["operation"], increase(select("bot_db_query_failures_total"), "5m")),
              legend: "Failures",
            },
            {
              expr: quantile(0.95, "bot_db_query_duration_seconds", ["operation"], "5m"),
              legend: "p95",
              unit: "seconds",
            },
          ],
          width: 12,
          height: 9,
          noValue: "no statements in 5 minutes",
        },
        {
          key: "cache-duration",
          title: "Time of a lookup in the cache (p95)",
          description: "In Redis, or in memory while it is away. Normal: below 2.5 ms.",
          kind: "timeseries",
          unit: "seconds",
          queries: [
            {
              expr: quantile(0.95, "bot_cache_duration_seconds", ["job", "policy"], "5m"),
              legend: "{{policy}}",
            },
          ],
          width: 12,
          height: 9,
          noValue: "no lookups in 5 minutes",
          emptyWhen: "nobody has searched for 5 minutes",
        },
      ],
    },
    {
      title: "What else comes in",
      collapsed: true,
      panels: [
        {
          key: "traffic",
          title: "Updates per second within a quarter of an hour",
          description: "The most; none at all where there was much yesterday at this time is an alert.",
          kind: "timeseries",
          unit: "per second",
          queries: [{ expr: lately, legend: "most" }],
          threshold: latelyLimit,
          width: 6,
          height: 7,
          noValue: "no updates yet",
        },
        {
          key: "chats",
          title: "Messages per second by kind of chat",
          description: "The bot answers in private chats alone. Normal: private.",
          kind: "timeseries",
          unit: "per second",
          queries: [
            {
              expr: sum(["chat_type"], rate(select("bot_messages_received_total"), window)),
              legend: "{{chat_type}}",
            },
          ],
          width: 6,
          height: 7,
          noValue: "no messages yet",
        },
        {
          key: "duplicates",
          title: "Updates delivered once more",
          description:
            "Deliveries of updates that were done already, and were not done again. Normal: 0, and a few when replicas end.",
          kind: "timeseries",
          unit: "per second",
          queries: [
            {
              expr: sum(["job"], rate(select("bot_receipts_duplicates_total"), window)),
              legend: "duplicates",
            },
          ],
          width: 6,
          height: 7,
          noValue: "no data",
        },
        {
          key: "requests",
          title: "Requests by route and code",
          description:
            "Normal: 200; 401 is a wrong secret, 429 and 503 send updates back to Telegram or to another replica.",
          kind: "timeseries",
          unit: "per second",
          queries: [
            {
              expr: sum(["route", "code"], rate(select("bot_http_request_duration_seconds_count"), window)),
              legend: "{{route}} {{code}}",
            },
          ],
          width: 6,
          height: 7,
          noValue: "no requests yet",
        },
      ],
    },
  ],
};
