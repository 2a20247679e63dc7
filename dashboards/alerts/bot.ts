import type { Alert, FiringCase, Threshold } from "../catalogue.ts";
import {
  above,
  absent,
  breach,
  either,
  given,
  increase,
  max,
  quantile,
  ratio,
  select,
  sum,
} from "../promql.ts";
import { badShare, worked } from "../recordings/slo.ts";
import { value } from "./text.ts";

const labels = { job: "bot" };
const overview = (key: string) => ({ board: "overview", key });

/** Below this many updates in 5 minutes one slow or failed update would be several per cent. */
const minimumUpdates = above(sum(["job"], increase(worked, "5m")), 20);

export const webReplicasUp = sum(["job", "role"], select("up", { job: "bot", role: "web" }));
export const atLeastOne: Threshold = { unit: "count", is: "below", value: 1 };

export const errorRate = badShare("errors", "5m");
export const errorRateLimit: Threshold = { unit: "ratio", is: "above", value: 0.01 };

export const latency = (q: number) => quantile(q, "bot_update_duration_seconds", ["job"], "5m");
export const latencyLimit: Threshold = { unit: "seconds", is: "above", value: 1 };

export const poolUse = ratio(
  max(["job", "instance"], select("bot_db_pool_connections", { state: "used" })),
  max(["job", "instance"], select("bot_db_pool_max_connections")),
);
/** Callers that wait for a connection, whenever it was looked at within the minute. */
export const poolWaiting = max(["job", "instance"], select("bot_db_pool_waiting"));
export const poolWaitingLimit: Threshold = { unit: "count", is: "above", value: 0.5 };
export const poolUseLimit: Threshold = { unit: "ratio", is: "above", value: 0.8 };

const web = (n: number, samples: string) => ({
  [`up{job="bot",instance="web-${n}",role="web",replica="${n}"}`]: samples,
});
const counted = (outcome: string, samples: string) => ({
  [`bot_updates_total{job="bot",instance="web-0",role="web",replica="0",type="message",outcome="${outcome}"}`]:
    samples,
});
/** 95 of 100 updates a minute within 0.5 s, the rest within `slow`; `one` is how the bound 1 is spelt. */
const durations = (one: string, within1: string, all: string) => ({
  [`bot_update_duration_seconds_bucket{job="bot",instance="web-0",type="message",le="0.5"}`]: within1,
  [`bot_update_duration_seconds_bucket{job="bot",instance="web-0",type="message",le="${one}"}`]: within1,
  [`bot_update_duration_seconds_bucket{job="bot",instance="web-0",type="message",le="2"}`]: all,
  [`bot_update_duration_seconds_bucket{job="bot",instance="web-0",type="message",le="+Inf"}`]: all,
});
const gauge = (name: string, samples: string, extra = "") => ({
  [`${name}{job="bot",instance="worker-0",role="worker",replica="0"${extra}}`]: samples,
});

export const botAlerts: readonly Alert[] = [
  {
    name: "BotDown",
    service: "bot",
    severity: "critical",
    expr: either(
      breach(webReplicasUp, atLeastOne),
      absent(select("up", { job: "bot", role: "web" }), ["job", "role"]),
    ),
    for: "1m",
    summary: "No web replica of the bot answers",
    description:
      "Nobody gets an answer. Telegram keeps the updates for 24 hours and delivers them once a replica is back. " +
      "Start with the log of a web replica.",
    normal: "all configured replicas up",
    threshold: atLeastOne,
    panel: overview("replicas"),
    inhibits: [
      "BotErrorRateHigh",
      "BotErrorBudgetBurnsFast",
      "BotErrorBudgetBurnsSlowly",
      "BotLatencyP95High",
      "BotLatencyBudgetBurnsFast",
      "BotLatencyBudgetBurnsSlowly",
      "BotDbPoolNearlyFull",
      "BotDbPoolExhausted",
      "BotReplicasMissing",
      "BotTrafficStopped",
      "BotUpdatesRefused",
      "GatewayErrorRateHigh",
      "GatewayLatencyP95High",
      "TelegramPendingUpdatesHigh",
      "TelegramWebhookFailing",
      "OutboxStale",
    ],
    fires: [
      {
        when: "both replicas stop answering",
        samples: { ...web(0, "1x4 0x40"), ...web(1, "1x4 0x40") },
        from: "75s",
        labels: { job: "bot", role: "web" },
        summary: "No web replica of the bot answers",
      },
      {
        when: "no replica is known to service discovery",
        samples: { 'up{job="redis",instance="r"}': "1x40" },
        from: "0s",
        labels: { job: "bot", role: "web" },
        summary: "No web replica of the bot answers",
      },
    ],
    quiet: [
      {
        when: "one of two replicas is left",
        samples: { ...web(0, "0x40"), ...web(1, "1x40") },
        at: ["5m", "10m"],
      },
    ],
  },
  {
    name: "BotErrorRateHigh",
    service: "bot",
    severity: "warning",
    expr: given(breach(errorRate, errorRateLimit), minimumUpdates),
    for: "5m",
    summary: `${value("ratio")} of updates fail`,
    description:
      "People get an apology, or their message comes again later. The bot's log names the handler and the cause; " +
      "many at once usually follow a failing database.",
    normal: "0 %",
    threshold: errorRateLimit,
    panel: overview("errors"),
    fires: [
      {
        when: "1.5 % of updates fail",
        samples: { ...counted("ok", "0+197x60"), ...counted("error", "0+3x60") },
        from: "15s",
        labels,
        summary: "1.5% of updates fail",
      },
      {
        when: "updates are handed back to Telegram because the database is away",
        samples: { ...counted("ok", "0+0x60"), ...counted("unavailable", "0+10x60") },
        from: "45s",
        labels,
        summary: "100% of updates fail",
      },
    ],
    quiet: [
      {
        when: "exactly 1 % fails",
        samples: { ...counted("ok", "0+198x60"), ...counted("error", "0+2x60") },
        at: ["10m", "14m"],
      },
      {
        when: "a single update of a quiet night fails",
        samples: { ...counted("ok", "0+1x4 4x60"), ...counted("error", "0x4 1x60") },
        at: ["3m", "7m"],
      },
      {
        when: "people are throttled",
        samples: { ...counted("ok", "0+20x60"), ...counted("throttled", "0+20x60") },
        at: ["10m"],
      },
      {
        when: "nothing happens",
        samples: { ...counted("ok", "7x60"), ...counted("error", "0x60") },
        at: ["10m"],
      },
    ],
  },
  {
    name: "BotLatencyP95High",
    service: "bot",
    severity: "warning",
    expr: given(breach(latency(0.95), latencyLimit), minimumUpdates),
    for: "5m",
    summary: `5 % of updates take longer than ${value("seconds")}`,
    description:
      "People wait, and Telegram's 100 connections are held longer, which lowers the throughput for everybody. " +
      "Compare with the pool and the database first.",
    normal: "p95 below 100 ms",
    threshold: latencyLimit,
    panel: overview("latency"),
    inhibits: ["GatewayLatencyP95High"],
    // Prometheus 2 stores the bound as the client wrote it, Prometheus 3 always as 1.0.
    fires: ["1", "1.0"].map((one): FiringCase => ({
      when: `a tenth of the updates takes 1 to 2 s (bound written as ${one})`,
      samples: { ...durations(one, "0+90x60", "0+100x60"), ...counted("ok", "0+100x60") },
      from: "15s",
      labels,
      summary: "5 % of updates take longer than 1.5s",
    })),
    quiet: [
      {
        when: "4 % of the updates is slow",
        samples: { ...durations("1", "0+96x60", "0+100x60"), ...counted("ok", "0+100x60") },
        at: ["10m"],
      },
      {
        when: "the only update in four minutes is slow, all night",
        samples: {
          ...durations("1", "0x80", "0x15 1x15 2x15 3x15 4x15"),
          ...counted("ok", "0x15 1x15 2x15 3x15 4x15"),
        },
        at: ["10m", "14m"],
      },
      {
        when: "nothing happens",
        samples: { ...durations("1", "9x60", "9x60"), ...counted("ok", "9x60") },
        at: ["10m"],
      },
    ],
  },
  {
    name: "BotDbPoolNearlyFull",
    service: "bot",
    severity: "warning",
    expr: breach(poolUse, poolUseLimit),
    for: "5m",
    summary: `${value("ratio")} of the database pool of {{ $labels.instance }} is in use`,
    description:
      "Soon updates will wait for a connection, and then be handed back to Telegram. " +
      "Slow statements or locks are the usual cause, real growth the other.",
    normal: "below 50 %",
    threshold: poolUseLimit,
    panel: { board: "bot", key: "pool" },
    fires: [
      {
        when: "9 of 10 connections are in use",
        samples: {
          ...gauge("bot_db_pool_connections", "2x4 9x60", ',state="used"'),
          ...gauge("bot_db_pool_connections", "8x4 1x60", ',state="idle"'),
          ...gauge("bot_db_pool_max_connections", "10x64"),
        },
        from: "75s",
        labels: { job: "bot", instance: "worker-0" },
        summary: "90% of the database pool of worker-0 is in use",
      },
    ],
    quiet: [
      {
        when: "8 of 10 connections are in use",
        samples: {
          ...gauge("bot_db_pool_connections", "8x60", ',state="used"'),
          ...gauge("bot_db_pool_max_connections", "10x60"),
        },
        at: ["10m"],
      },
      {
        when: "nothing happens",
        samples: {
          ...gauge("bot_db_pool_connections", "0x60", ',state="used"'),
          ...gauge("bot_db_pool_max_connections", "10x60"),
        },
        at: ["10m"],
      },
    ],
  },
  {
    name: "BotDbPoolExhausted",
    service: "bot",
    severity: "critical",
    expr: breach(poolWaiting, poolWaitingLimit),
    for: "1m",
    summary: `Updates at {{ $labels.instance }} wait for a connection to the database: ${value("count")}`,
    description:
      "All connections of the replica are taken all the time, so every update waits, and some are handed back to Telegram. " +
      "Slow statements or locks are the usual cause.",
    normal: "0, and a few for a moment",
    threshold: poolWaitingLimit,
    panel: { board: "bot", key: "pool-waiting" },
    inhibits: [
      "BotDbPoolNearlyFull",
      "BotLatencyP95High",
      "BotUpdatesRefused",
      "GatewayErrorRateHigh",
      "GatewayLatencyP95High",
    ],
    fires: [
      {
        when: "statements are so slow that they queue up",
        samples: gauge("bot_db_pool_waiting", "0x4 1x60"),
        from: "75s",
        labels: { job: "bot", instance: "worker-0" },
        summary: "Updates at worker-0 wait for a connection to the database: 1",
      },
    ],
    quiet: [
      {
        when: "a peak is over at once",
        samples: gauge("bot_db_pool_waiting", "0x4 30x3 0x3 30x3 0x40"),
        at: ["2m", "3m", "5m"],
      },
      { when: "nothing happens", samples: gauge("bot_db_pool_waiting", "0x60"), at: ["10m"] },
    ],
  },
];
