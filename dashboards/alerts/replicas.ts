import type { Alert, Threshold } from "../catalogue.ts";
import { breach, count, given, above, max, overTime, rate, ratio, select, sum } from "../promql.ts";
import { sizedFor } from "../recordings/capacity.ts";
import { updateRate, updateRateYesterday } from "../recordings/slo.ts";
import { from, value } from "./text.ts";

const board = (key: string) => ({ board: "bot", key });
const web = from({ job: "bot", instance: "web-0", role: "web" });
const other = from({ job: "bot", instance: "web-1", role: "web" });

export const replicaShare = ratio(
  sum(["stack"], select("up", { job: "bot", role: "web" })),
  sizedFor("web_replicas"),
);
export const replicaShareLimit: Threshold = { unit: "ratio", is: "below", value: 1 };

export const builds = count(
  ["job"],
  max(["job", "version", "source"], select("bot_build_info", { role: ["web", "worker"] })),
);
export const buildsLimit: Threshold = { unit: "count", is: "above", value: 1 };

export const loopLag = max(["job", "instance"], select("nodejs_eventloop_lag_p99_seconds", { job: "bot" }));
export const loopLagLimit: Threshold = { unit: "seconds", is: "above", value: 0.2 };

export const refused = sum(["job"], rate(select("bot_throttled_total", { limit: "in_flight" }), "5m"));
export const refusedLimit: Threshold = { unit: "per second", is: "above", value: 0.1 };

/** The most within a quarter of an hour. */
export const lately = overTime("max", updateRate, "15m");
/** About one update in a quarter of an hour. */
export const latelyLimit: Threshold = { unit: "per second", is: "below", value: 0.001 };

export const maintenance = max(["job"], select("bot_maintenance_mode"));
export const maintenanceLimit: Threshold = { unit: "count", is: "above", value: 0.5 };

const flowing = (today: string, yesterday: string) => ({
  'bot:updates:rate5m{job="bot"}': today,
  'bot:updates:rate1h_yesterday{job="bot"}': yesterday,
});

/** Whether replicas are there, are the same, and get something to do. */
export const replicaAlerts: readonly Alert[] = [
  {
    name: "BotReplicasMissing",
    service: "bot",
    severity: "warning",
    expr: breach(replicaShare, replicaShareLimit),
    for: "10m",
    summary: `Only ${value("ratio")} of the configured web replicas answer`,
    description:
      "The others carry the load, and the next one that fails is noticed by people. The log of the missing one, or the " +
      "list of pods, says why it is not there.",
    normal: "100 %, more where the number follows the load",
    threshold: replicaShareLimit,
    panel: board("replicas"),
    fires: [
      {
        when: "one of two replicas does not come back",
        samples: { ...web("up", "1x4 0x80"), ...other("up", "1x84") },
        from: "75s",
        labels: {},
        summary: "Only 50% of the configured web replicas answer",
      },
    ],
    quiet: [
      {
        when: "one is replaced",
        samples: { ...web("up", "1x4 0x12 1x80"), ...other("up", "1x96") },
        at: ["11m", "20m"],
      },
      { when: "all are there", samples: { ...web("up", "1x84"), ...other("up", "1x84") }, at: ["12m"] },
    ],
  },
  {
    name: "BotVersionsDiffer",
    service: "bot",
    severity: "warning",
    expr: breach(builds, buildsLimit),
    for: "30m",
    summary: `${value("count")} builds of the bot run at once`,
    description:
      "A deployment stopped half way, or somebody changed one replica by hand. People get the one or the other. Deploy " +
      "once more, and look at what it says.",
    normal: "1, and 2 for minutes while a deployment rolls through",
    threshold: buildsLimit,
    panel: board("builds"),
    fires: [
      {
        when: "the second replica is never replaced",
        samples: {
          ...web("bot_build_info", "_x4 1x140", ',version="1.1.0",source="b"'),
          ...other("bot_build_info", "1x144", ',version="1.0.0",source="a"'),
        },
        from: "60s",
        labels: { job: "bot" },
        summary: "2 builds of the bot run at once",
      },
    ],
    quiet: [
      {
        when: "both replicas have the same",
        samples: {
          ...web("bot_build_info", "1x144", ',version="1.0.0",source="a"'),
          ...other("bot_build_info", "1x144", ',version="1.0.0",source="a"'),
        },
        at: ["35m"],
      },
    ],
  },
  {
    name: "BotEventLoopLagHigh",
    service: "bot",
    severity: "warning",
    expr: breach(loopLag, loopLagLimit),
    for: "5m",
    summary: `{{ $labels.instance }} is busy with itself: timers run ${value("seconds")} late`,
    description:
      "Everybody whose update is at this replica waits for it. Something works for long without a pause, or the processor " +
      "is not enough.",
    normal: "below 50 ms",
    threshold: loopLagLimit,
    panel: board("event-loop"),
    fires: [
      {
        when: "one replica is 300 ms late",
        samples: {
          ...web("nodejs_eventloop_lag_p99_seconds", "0.02x4 0.3x40"),
          ...other("nodejs_eventloop_lag_p99_seconds", "0.02x44"),
        },
        from: "75s",
        labels: { job: "bot", instance: "web-0" },
        summary: "web-0 is busy with itself: timers run 300ms late",
      },
    ],
    quiet: [
      {
        when: "it is late for a moment",
        samples: web("nodejs_eventloop_lag_p99_seconds", "0.02x4 2x10 0.02x40"),
        at: ["5m", "8m"],
      },
      { when: "nothing happens", samples: web("nodejs_eventloop_lag_p99_seconds", "0.011x44"), at: ["8m"] },
    ],
  },
  {
    name: "BotUpdatesRefused",
    service: "bot",
    severity: "warning",
    expr: breach(refused, refusedLimit),
    for: "5m",
    summary: `{{ $value | printf "%.1f" }} updates a second are sent back because replicas are full`,
    description:
      "Telegram keeps them and comes again, so people wait. Updates take too long, or more come than the stack is sized for.",
    normal: "0",
    threshold: refusedLimit,
    panel: board("throttled"),
    fires: [
      {
        when: "one in five seconds is refused",
        samples: web("bot_throttled_total", "0+3x60", ',limit="in_flight"'),
        // When five minutes hold half of it.
        from: "165s",
        labels: { job: "bot" },
        summary: "0.2 updates a second are sent back because replicas are full",
      },
    ],
    quiet: [
      {
        when: "people write too much",
        samples: {
          ...web("bot_throttled_total", "0+300x60", ',limit="user"'),
          ...web("bot_throttled_total", "0x60", ',limit="in_flight"'),
        },
        at: ["12m"],
      },
      {
        when: "nothing happens",
        samples: web("bot_throttled_total", "5x60", ',limit="in_flight"'),
        at: ["12m"],
      },
    ],
  },
  {
    name: "BotTrafficStopped",
    service: "bot",
    severity: "critical",
    expr: given(breach(lately, latelyLimit), above(updateRateYesterday, 0.05)),
    for: "10m",
    summary: "No updates arrive, and yesterday at this time there were many",
    description:
      "Telegram does not reach the gateway, or somebody took the webhook away. Ask Telegram what it says about the webhook.",
    normal: "follows the time of day",
    threshold: latelyLimit,
    panel: board("traffic"),
    inhibits: ["BotErrorRateHigh", "BotLatencyP95High"],
    fires: [
      {
        when: "the webhook is taken away",
        samples: flowing("2x20 0.0006x150", "2x170"),
        // A quarter of an hour after the last update.
        from: "1215s",
        labels: { job: "bot" },
        summary: "No updates arrive, and yesterday at this time there were many",
      },
    ],
    quiet: [
      { when: "it is quiet every night", samples: flowing("0x150", "0.01x150"), at: ["30m"] },
      { when: "the bot is new", samples: { 'bot:updates:rate5m{job="bot"}': "0x150" }, at: ["30m"] },
      { when: "few come", samples: flowing("0.01x150", "2x150"), at: ["30m"] },
    ],
  },
  {
    name: "MaintenanceLeftOn",
    service: "bot",
    severity: "warning",
    expr: breach(maintenance, maintenanceLimit),
    for: "2h",
    summary: "The bot has been in maintenance for two hours",
    description: "People are told of a maintenance and get nothing done. Perhaps somebody forgot to end it.",
    normal: "0, and 1 for minutes",
    threshold: maintenanceLimit,
    panel: board("maintenance"),
    fires: [
      {
        when: "nobody ends it",
        samples: web("bot_maintenance_mode", "0x3 1x600"),
        from: "60s",
        labels: { job: "bot" },
        summary: "The bot has been in maintenance for two hours",
      },
    ],
    quiet: [
      { when: "it ends after an hour", samples: web("bot_maintenance_mode", "1x240 0x300"), at: ["7260s"] },
      { when: "there is none", samples: web("bot_maintenance_mode", "0x600"), at: ["7260s"] },
    ],
  },
];
