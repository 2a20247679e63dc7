import type { Alert, Threshold } from "../catalogue.ts";
import { breach, max, min, minus, ratio, select, sum } from "../promql.ts";
import { value } from "./text.ts";

const target = ["job", "instance"];

export const postgresUp = min(target, select("pg_up"));
const up: Threshold = { unit: "count", is: "below", value: 1 };

/** Of the connections that ordinary roles may have: some of max_connections are kept for superusers. */
export const connectionUse = ratio(
  sum(target, select("pg_stat_activity_count")),
  minus(
    max(target, select("pg_settings_max_connections")),
    max(target, select("pg_settings_superuser_reserved_connections")),
  ),
);
export const connectionUseLimit: Threshold = { unit: "ratio", is: "above", value: 0.8 };

const labels = { job: "postgres", instance: "db" };
const series = (name: string, samples: string, extra = "") => ({
  [`${name}{job="postgres",instance="db"${extra}}`]: samples,
});
/** 50 ordinary connections, split by state as the exporter does it. */
const activity = (active: string, idle: string) => ({
  ...series("pg_settings_max_connections", "53x60", ',server="db:5432"'),
  ...series("pg_settings_superuser_reserved_connections", "3x60", ',server="db:5432"'),
  ...series("pg_stat_activity_count", active, ',datname="launchlab",state="active",server="db:5432"'),
  ...series("pg_stat_activity_count", idle, ',datname="launchlab",state="idle",server="db:5432"'),
});

export const postgresAlerts: readonly Alert[] = [
  {
    name: "PostgresDown",
    service: "postgres",
    severity: "critical",
    expr: breach(postgresUp, up),
    for: "1m",
    summary: "Postgres at {{ $labels.instance }} does not answer",
    description:
      "The bot can save nothing: it hands every update back to Telegram, which delivers it again later. " +
      "Start with Postgres' own log.",
    normal: "1",
    threshold: up,
    panel: { board: "overview", key: "services" },
    inhibits: [
      "PostgresConnectionsHigh",
      "PostgresFiguresMissing",
      "PostgresStandbyMissing",
      "BotDbPoolNearlyFull",
      "BotErrorRateHigh",
      "BotErrorBudgetBurnsFast",
      "BotErrorBudgetBurnsSlowly",
      "BotLatencyP95High",
      "BotLatencyBudgetBurnsFast",
      "BotLatencyBudgetBurnsSlowly",
      "GatewayErrorRateHigh",
      "GatewayLatencyP95High",
      "OutboxStale",
      "TelegramPendingUpdatesHigh",
    ],
    fires: [
      {
        when: "Postgres stops",
        samples: series("pg_up", "1x4 0x40"),
        from: "75s",
        labels,
        summary: "Postgres at db does not answer",
      },
    ],
    quiet: [
      {
        when: "Postgres restarts within a minute",
        samples: series("pg_up", "1x4 0x3 1x40"),
        at: ["2m", "5m"],
      },
      { when: "it runs", samples: series("pg_up", "1x40"), at: ["10m"] },
    ],
  },
  {
    name: "PostgresConnectionsHigh",
    service: "postgres",
    severity: "warning",
    expr: breach(connectionUse, connectionUseLimit),
    for: "5m",
    summary: `${value("ratio")} of the connections of Postgres at {{ $labels.instance }} are taken`,
    description:
      "At 100 % new connections are refused: replicas cannot start and updates are handed back to Telegram. " +
      "Look for who holds them.",
    normal: "below 60 %",
    threshold: connectionUseLimit,
    panel: { board: "overview", key: "connections" },
    fires: [
      {
        when: "45 of 50 ordinary connections are taken",
        samples: activity("2x4 40x60", "5x60"),
        from: "75s",
        labels,
        summary: "90% of the connections of Postgres at db are taken",
      },
      {
        when: "a newer exporter splits the count by user",
        samples: {
          ...activity("20x60", "0x60"),
          ...series("pg_stat_activity_count", "25x60", ',datname="launchlab",state="idle",usename="bot"'),
        },
        from: "0s",
        labels,
        summary: "90% of the connections of Postgres at db are taken",
      },
    ],
    quiet: [
      { when: "40 of 50 are taken", samples: activity("30x60", "10x60"), at: ["10m"] },
      { when: "nobody is connected", samples: activity("0x60", "0x60"), at: ["10m"] },
    ],
  },
];
