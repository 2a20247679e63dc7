import { stringify } from "yaml";
import { alerts } from "../alerts/all.ts";
import { boards } from "../boards/all.ts";
import { renderAlertmanagerConfig } from "./alertmanager.ts";
import { dashboardOf } from "./dashboard.ts";
import { present } from "./present.ts";
import { ruleGroups, type RuleOptions } from "./prometheus.ts";
import { runbookOf } from "./runbooks.ts";

/** Stands in the example where the receiver of somebody's own is to be. */
export const EXAMPLE_RECEIVER = "http://127.0.0.1:9000/alerts";

/** Long lines stay whole: a diff shows what changed. */
const yaml = (value: unknown): string => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });

/** Everything for people who run their own Grafana, Prometheus and Alertmanager, as files. */
export function renderHandout(options: RuleOptions): { path: string; content: string }[] {
  const { namespace } = options;
  const groups = ruleGroups(options);
  const metadata = { name: "launchlab", ...(namespace === undefined ? {} : { namespace }) };
  return [
    ...boards
      .filter((board) => present(options, board))
      .map((board) => ({
        path: `grafana/${board.key}.json`,
        content: `${JSON.stringify(dashboardOf(board, { ...options, source: "chosen" }), null, 2)}\n`,
      })),
    { path: "prometheus/rules.yml", content: yaml({ groups }) },
    {
      path: "prometheus/prometheusrule.yaml",
      content: yaml({
        apiVersion: "monitoring.coreos.com/v1",
        kind: "PrometheusRule",
        metadata,
        spec: { groups },
      }),
    },
    {
      path: "alertmanager/alertmanager.yml",
      content: yaml(JSON.parse(renderAlertmanagerConfig({ alerts: [EXAMPLE_RECEIVER] }))),
    },
    ...alerts
      .filter((alert) => present(options, alert))
      .map(({ name }) => ({ path: `runbooks/${name}.md`, content: runbookOf(name) })),
  ];
}
