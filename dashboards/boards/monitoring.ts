import { undelivered, undeliveredLimit } from "../alerts/monitoring.ts";
import { targetsDown, targetsDownLimit } from "../alerts/targets.ts";
import { atLeastOne } from "../alerts/bot.ts";
import type { Board } from "../catalogue.ts";
import { increase, max, min, rate, select, sum } from "../promql.ts";

const target = ["job", "instance"];

/** Does what watches the stack see, judge and tell. */
export const monitoring: Board = {
  key: "monitoring",
  title: "Launch Lab: monitoring",
  description: "Does what watches the stack see, judge and tell",
  needs: "prometheus",
  rows: [
    {
      title: "Is it broken now?",
      panels: [
        {
          key: "targets",
          title: "Targets down",
          description: "Share of the targets of a job that Prometheus cannot read. Normal: none.",
          kind: "stat",
          unit: "ratio",
          queries: [{ expr: targetsDown, legend: "{{job}}" }],
          threshold: targetsDownLimit,
          width: 8,
          height: 6,
          noValue: "none",
        },
        {
          key: "configuration",
          title: "Configuration accepted",
          description: "Whether the newest configuration is in use: 1 is yes. Normal: 1.",
          kind: "stat",
          unit: "count",
          queries: [
            { expr: min(["job"], select("prometheus_config_last_reload_successful")), legend: "{{job}}" },
            { expr: min(["job"], select("alertmanager_config_last_reload_successful")), legend: "{{job}}" },
          ],
          threshold: atLeastOne,
          width: 8,
          height: 6,
          noValue: "no data",
        },
        {
          key: "alertmanagers",
          title: "Alertmanagers known",
          description: "How many Prometheus tells its alerts. Normal: 1.",
          kind: "stat",
          unit: "count",
          queries: [
            {
              expr: max(["job"], select("prometheus_notifications_alertmanagers_discovered")),
              legend: "known",
            },
          ],
          threshold: atLeastOne,
          width: 4,
          height: 6,
          noValue: "no data",
        },
        {
          key: "active",
          title: "Alerts at Alertmanager",
          description:
            "Those that it has now, and those that somebody or a cause has silenced. Normal: the Watchdog.",
          kind: "stat",
          unit: "count",
          queries: [{ expr: sum(["state"], select("alertmanager_alerts")), legend: "{{state}}" }],
          width: 4,
          height: 6,
          noValue: "no data",
        },
      ],
    },
    {
      title: "Does it see, judge and tell?",
      panels: [
        {
          key: "undelivered",
          title: "Messages that did not arrive",
          description: "Share of what Alertmanager sent, by the way it took. Normal: 0 %.",
          kind: "timeseries",
          unit: "ratio",
          queries: [{ expr: undelivered, legend: "{{integration}}" }],
          threshold: undeliveredLimit,
          width: 24,
          height: 8,
          noValue: "nothing was sent",
          emptyWhen: "no receiver is configured, or nothing was sent within 15 minutes",
        },
        {
          key: "rule-time",
          title: "Time to evaluate the rules",
          description: "Of each group, every 15 s. Normal: below 100 ms.",
          kind: "timeseries",
          unit: "seconds",
          queries: [
            {
              expr: max(["rule_group"], select("prometheus_rule_group_last_duration_seconds")),
              legend: "{{rule_group}}",
            },
          ],
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "failures",
          title: "Failures in 5 minutes",
          description:
            "Rules that could not be evaluated, and alerts that Alertmanager never got. Normal: 0.",
          kind: "timeseries",
          unit: "count",
          queries: [
            {
              expr: sum(target, increase(select("prometheus_rule_evaluation_failures_total"), "5m")),
              legend: "rules",
            },
            {
              expr: sum(target, increase(select("prometheus_notifications_dropped_total"), "5m")),
              legend: "alerts dropped",
            },
          ],
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "series",
          title: "Series",
          description:
            "How many Prometheus keeps in memory. Normal: level; growth without end is a label that is never the same.",
          kind: "timeseries",
          unit: "count",
          queries: [{ expr: max(target, select("prometheus_tsdb_head_series")), legend: "series" }],
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "storage",
          title: "Data on disk",
          description:
            "What is older than two hours. Normal: level after 15 days, below the volume of 20 GB.",
          kind: "timeseries",
          unit: "bytes",
          queries: [{ expr: max(target, select("prometheus_tsdb_storage_blocks_bytes")), legend: "blocks" }],
          width: 12,
          height: 7,
          noValue: "no data",
        },
        {
          key: "sent",
          title: "Messages sent",
          description:
            "Per second, by the way they took. Normal: the Watchdog every 5 minutes and little else.",
          kind: "timeseries",
          unit: "per second",
          queries: [
            {
              expr: sum(["integration"], rate(select("alertmanager_notifications_total"), "5m")),
              legend: "{{integration}}",
            },
          ],
          width: 12,
          height: 7,
          noValue: "no data",
        },
      ],
    },
  ],
};
