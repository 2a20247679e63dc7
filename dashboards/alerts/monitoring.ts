import type { Alert, Threshold } from "../catalogue.ts";
import {
  above,
  below,
  breach,
  changes,
  either,
  increase,
  max,
  min,
  plus,
  rate,
  ratio,
  resets,
  select,
  sum,
} from "../promql.ts";
import { from, value } from "./text.ts";

/** Whether what watches can see, judge and tell. Only where it is a part of the stack. */

const target = ["job", "instance"];
const prometheus = { job: "prometheus", instance: "p" };
const alertmanager = { job: "alertmanager", instance: "a" };
const ofPrometheus = from(prometheus);
const ofAlertmanager = from(alertmanager);

const ruleFailures = sum(target, increase(select("prometheus_rule_evaluation_failures_total"), "5m"));
const receivers = max(target, select("prometheus_notifications_alertmanagers_discovered"));

const integration = [...target, "integration"];
const failed = select("alertmanager_notifications_failed_total");
const sent = select("alertmanager_notifications_total");
export const undelivered = ratio(sum(integration, rate(failed, "15m")), sum(integration, rate(sent, "15m")));
export const undeliveredLimit: Threshold = { unit: "ratio", is: "above", value: 0.1 };

const reloaded = either(
  min(target, select("prometheus_config_last_reload_successful")),
  min(target, select("alertmanager_config_last_reload_successful")),
);

const storageFailures = plus(
  sum(target, increase(select("prometheus_tsdb_compactions_failed_total"), "1h")),
  sum(target, increase(select("prometheus_tsdb_wal_writes_failed_total"), "1h")),
);

/** How often a program, Postgres, and Redis (which says only how long it runs) began anew. */
export const restarts = {
  programs: max(target, changes(select("process_start_time_seconds"), "30m")),
  postgres: max(target, changes(select("postgres_server_start_time_seconds"), "30m")),
  redis: max(target, resets(select("redis_uptime_in_seconds"), "30m")),
};
/** Somebody who works on the stack deploys twice in half an hour. */
export const restartsLimit: Threshold = { unit: "count", is: "above", value: 3 };

const board = (key: string) => ({ board: "monitoring", key });
const started = from({ job: "bot", instance: "web-0" });

export const monitoringAlerts: readonly Alert[] = [
  {
    name: "ProgramRestartsOften",
    service: "monitoring",
    severity: "warning",
    expr: either(
      either(breach(restarts.programs, restartsLimit), breach(restarts.postgres, restartsLimit)),
      breach(restarts.redis, restartsLimit),
    ),
    for: "0s",
    keepFiringFor: "15m",
    summary: `{{ $labels.job }} at {{ $labels.instance }} started ${value("count")} times within half an hour`,
    description:
      "It ends again and again, and each time what it had under way is done once more or lost. Its log says why: " +
      "out of memory, a check of its health that fails, or a fault.",
    normal: "0, or 1 after a deployment",
    threshold: restartsLimit,
    panel: { board: "programs", key: "restarts" },
    fires: [
      {
        when: "a replica is ended for its memory every minute",
        samples: started("process_start_time_seconds", "1x3 60x3 120x3 180x3 240x60"),
        from: "240s",
        labels: { job: "bot", instance: "web-0" },
        summary: "bot at web-0 started 4 times within half an hour",
      },
      {
        when: "Postgres crashes again and again, and its exporter does not",
        samples: {
          ...started("process_start_time_seconds", "1x60"),
          ...started("postgres_server_start_time_seconds", "1x3 60x3 120x3 180x3 240x60"),
        },
        from: "240s",
        labels: { job: "bot", instance: "web-0" },
        summary: "bot at web-0 started 4 times within half an hour",
      },
      {
        when: "Redis does",
        samples: {
          ...started("process_start_time_seconds", "1x60"),
          ...started("redis_uptime_in_seconds", "0+15x3 0+15x3 0+15x3 0+15x3 0+15x60"),
        },
        from: "240s",
        labels: { job: "bot", instance: "web-0" },
        summary: "bot at web-0 started 4 times within half an hour",
      },
    ],
    quiet: [
      {
        when: "three versions are deployed within half an hour",
        samples: started("process_start_time_seconds", "1x10 60x10 120x10 180x60"),
        at: ["10m", "20m"],
      },
      { when: "it runs", samples: started("process_start_time_seconds", "1x100"), at: ["20m"] },
    ],
  },
  {
    name: "PrometheusRuleFailures",
    service: "monitoring",
    severity: "critical",
    expr: above(ruleFailures, 0),
    for: "5m",
    needs: "prometheus",
    summary: "Prometheus cannot evaluate some of its rules",
    description: "Alerts of these rules never fire. Its log names the rule and what is wrong with it.",
    normal: "0 failures",
    fires: [
      {
        when: "two exporters give a rule two values for one series",
        samples: ofPrometheus("prometheus_rule_evaluation_failures_total", "0x4 1+1x60", ',rule_group="bot"'),
        from: "75s",
        labels: prometheus,
        summary: "Prometheus cannot evaluate some of its rules",
      },
    ],
    quiet: [
      {
        when: "it failed once while it started",
        samples: ofPrometheus("prometheus_rule_evaluation_failures_total", "0 1x60", ',rule_group="bot"'),
        at: ["4m", "8m"],
      },
    ],
  },
  {
    name: "PrometheusNotConnectedToAlertmanagers",
    service: "monitoring",
    severity: "critical",
    expr: below(receivers, 1),
    for: "5m",
    needs: "prometheus",
    summary: "Prometheus knows no Alertmanager",
    description:
      "Alerts fire and nobody is told. Alertmanager is down, or its address in the configuration is wrong.",
    normal: "1",
    fires: [
      {
        when: "the configuration loses its address",
        samples: ofPrometheus("prometheus_notifications_alertmanagers_discovered", "1x4 0x60"),
        from: "75s",
        labels: prometheus,
        summary: "Prometheus knows no Alertmanager",
      },
    ],
    quiet: [
      {
        when: "it starts",
        samples: ofPrometheus("prometheus_notifications_alertmanagers_discovered", "0x4 1x60"),
        at: ["5m", "10m"],
      },
    ],
  },
  {
    name: "AlertmanagerNotificationsFailing",
    service: "monitoring",
    severity: "critical",
    expr: breach(undelivered, undeliveredLimit),
    for: "5m",
    needs: "alertmanager",
    summary: `${value("ratio")} of the messages of Alertmanager by {{ $labels.integration }} do not arrive`,
    description:
      "Alerts fire and some people are not told. The receiver is away, or refuses: a token or an address is wrong.",
    normal: "0 %",
    threshold: undeliveredLimit,
    panel: board("undelivered"),
    fires: [
      {
        when: "a receiver refuses every eighth message",
        samples: {
          ...ofAlertmanager("alertmanager_notifications_total", "0+8x100", ',integration="webhook"'),
          ...ofAlertmanager("alertmanager_notifications_failed_total", "0+1x100", ',integration="webhook"'),
        },
        from: "15s",
        labels: { ...alertmanager, integration: "webhook" },
        summary: "12.5% of the messages of Alertmanager by webhook do not arrive",
      },
    ],
    quiet: [
      {
        when: "one of twenty fails",
        samples: {
          ...ofAlertmanager("alertmanager_notifications_total", "0+20x100", ',integration="webhook"'),
          ...ofAlertmanager("alertmanager_notifications_failed_total", "0+1x100", ',integration="webhook"'),
        },
        at: ["10m", "20m"],
      },
      {
        when: "there is nothing to tell",
        samples: {
          ...ofAlertmanager("alertmanager_notifications_total", "0x100", ',integration="webhook"'),
          ...ofAlertmanager("alertmanager_notifications_failed_total", "0x100", ',integration="webhook"'),
        },
        at: ["20m"],
      },
    ],
  },
  {
    name: "ConfigReloadFailed",
    service: "monitoring",
    severity: "warning",
    expr: below(reloaded, 1),
    for: "5m",
    needs: "prometheus",
    summary: "{{ $labels.job }} refuses its new configuration",
    description:
      "It goes on with the one before, so new targets, rules and receivers do nothing. When it starts again, it will not " +
      "come up. Its log names the line.",
    normal: "1",
    fires: [
      {
        when: "a rule is not PromQL",
        samples: ofPrometheus("prometheus_config_last_reload_successful", "1x4 0x60"),
        from: "75s",
        labels: prometheus,
        summary: "prometheus refuses its new configuration",
      },
      {
        when: "a receiver is not known",
        samples: {
          ...ofPrometheus("prometheus_config_last_reload_successful", "1x64"),
          ...ofAlertmanager("alertmanager_config_last_reload_successful", "1x4 0x60"),
        },
        from: "75s",
        labels: alertmanager,
        summary: "alertmanager refuses its new configuration",
      },
    ],
    quiet: [
      {
        when: "both read theirs",
        samples: {
          ...ofPrometheus("prometheus_config_last_reload_successful", "1x60"),
          ...ofAlertmanager("alertmanager_config_last_reload_successful", "1x60"),
        },
        at: ["10m"],
      },
    ],
  },
  {
    name: "PrometheusStorageFailing",
    service: "monitoring",
    severity: "warning",
    expr: above(storageFailures, 0),
    for: "15m",
    needs: "prometheus",
    summary: "Prometheus cannot write its data",
    description:
      "Figures are lost when it restarts, or its disk fills up. The disk is full, or broken; its log names the file.",
    normal: "0 failures",
    fires: [
      {
        when: "the disk is full",
        samples: {
          ...ofPrometheus("prometheus_tsdb_wal_writes_failed_total", "0x4 1+1x120"),
          ...ofPrometheus("prometheus_tsdb_compactions_failed_total", "0x124"),
        },
        from: "75s",
        labels: prometheus,
        summary: "Prometheus cannot write its data",
      },
    ],
    quiet: [
      {
        when: "it writes",
        samples: {
          ...ofPrometheus("prometheus_tsdb_wal_writes_failed_total", "0x120"),
          ...ofPrometheus("prometheus_tsdb_compactions_failed_total", "0x120"),
        },
        at: ["20m"],
      },
    ],
  },
];
