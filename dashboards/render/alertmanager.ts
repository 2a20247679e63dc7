import { alerts } from "../alerts/all.ts";
import type { Severity } from "../catalogue.ts";

/** Addresses that get notifications as JSON. */
export interface AlertReceivers {
  /** Of alerts that somebody has to see; with none, they are only shown. */
  readonly alerts: readonly string[];
  /** Of the sign of life. */
  readonly watchdog?: string;
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
export function renderAlertmanagerConfig({ alerts: told, watchdog }: AlertReceivers): string {
  const receiver = (name: string, urls: readonly string[], send_resolved: boolean) => ({
    name,
    ...(urls.length === 0 ? {} : { webhook_configs: urls.map((url) => ({ url, send_resolved })) }),
  });
  const config = {
    route: {
      receiver: "shown-only",
      group_by: ["alertname", "job", "stack"],
      group_interval: "1m",
      routes: Object.entries(routes).map(([severity, timing]) => ({
        matchers: [`severity = "${severity}"`],
        receiver: severity,
        ...timing,
      })),
    },
    receivers: [
      receiver("shown-only", [], false),
      receiver("critical", told, true),
      receiver("warning", told, true),
      // A dead man's switch waits for the next sign, and knows no end.
      receiver("none", watchdog === undefined ? [] : [watchdog], false),
    ],
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
