import { alerts } from "../alerts/all.ts";
import type { Severity } from "../catalogue.ts";

export interface AlertmanagerOptions {
  /** Gets every notification as JSON; without it alerts are only shown. */
  webhookUrl?: string;
}

/** How soon a severity is told for the first time and how often it is repeated. */
const routes: Record<Exclude<Severity, "info">, { group_wait: string; repeat_interval: string }> = {
  critical: { group_wait: "10s", repeat_interval: "1h" },
  warning: { group_wait: "30s", repeat_interval: "12h" },
  none: { group_wait: "0s", repeat_interval: "5m" },
};

/**
 * The configuration of Alertmanager (JSON, which is YAML as well). A cause silences its consequences, and a
 * critical alert silences the milder ones of the same name and job.
 */
export function renderAlertmanagerConfig({ webhookUrl }: AlertmanagerOptions): string {
  const configs =
    webhookUrl === undefined ? {} : { webhook_configs: [{ url: webhookUrl, send_resolved: true }] };
  const config = {
    route: {
      receiver: "shown-only",
      group_by: ["alertname", "job"],
      group_interval: "1m",
      routes: Object.entries(routes).map(([severity, timing]) => ({
        matchers: [`severity = "${severity}"`],
        receiver: severity,
        ...timing,
      })),
    },
    receivers: [{ name: "shown-only" }, ...Object.keys(routes).map((name) => ({ name, ...configs }))],
    inhibit_rules: [
      {
        source_matchers: [`severity = "critical"`],
        target_matchers: [`severity =~ "warning|info"`],
        equal: ["alertname", "job"],
      },
      {
        source_matchers: [`severity = "critical"`],
        target_matchers: [`alertname = "TargetDown"`],
        equal: ["job"],
      },
      ...alerts.flatMap(({ name, inhibits }) =>
        inhibits === undefined
          ? []
          : [
              {
                source_matchers: [`alertname = "${name}"`],
                target_matchers: [`alertname =~ "${inhibits.join("|")}"`],
              },
            ],
      ),
    ],
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
