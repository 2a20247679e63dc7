import { boards } from "../boards/all.ts";
import { dashboardOf } from "./dashboard.ts";
import { dataSources } from "./ids.ts";
import { present } from "./present.ts";
import type { BoardOptions } from "./view.ts";

export interface GrafanaOptions extends BoardOptions {
  prometheusUrl: string;
  alertmanagerUrl: string;
  /** Folder of the dashboards as Grafana sees it. */
  dashboardsPath: string;
  /** How often Prometheus reads its targets. @default 15 */
  scrapeIntervalSeconds?: number;
}

/** Everything Grafana needs to know, as files below its provisioning folder; `boards/` is `dashboardsPath`. */
export function renderGrafana(options: GrafanaOptions): { path: string; content: string }[] {
  const { prometheusUrl, alertmanagerUrl, dashboardsPath, scrapeIntervalSeconds = 15 } = options;
  const files: Record<string, unknown> = {
    "datasources/launchlab.yaml": {
      apiVersion: 1,
      datasources: [
        {
          name: "Prometheus",
          type: "prometheus",
          uid: dataSources.prometheus,
          access: "proxy",
          url: prometheusUrl,
          isDefault: true,
          editable: false,
          jsonData: {
            httpMethod: "POST",
            // Shows the rules of Prometheus in Grafana's list of alerts.
            manageAlerts: true,
            alertmanagerUid: dataSources.alertmanager,
            timeInterval: `${scrapeIntervalSeconds}s`,
          },
        },
        {
          name: "Alertmanager",
          type: "alertmanager",
          uid: dataSources.alertmanager,
          access: "proxy",
          url: alertmanagerUrl,
          editable: false,
          // Grafana's own alerts do not go there: only one of the two may notify.
          jsonData: { implementation: "prometheus", handleGrafanaManagedAlerts: false },
        },
      ],
    },
    "dashboards/launchlab.yaml": {
      apiVersion: 1,
      providers: [
        {
          name: "launchlab",
          folder: "Launch Lab",
          folderUid: "launchlab",
          type: "file",
          disableDeletion: true,
          allowUiUpdates: false,
          options: { path: dashboardsPath },
        },
      ],
    },
  };
  for (const board of boards.filter((one) => present(options, one))) {
    files[`boards/${board.key}.json`] = dashboardOf(board, options);
  }
  return Object.entries(files).map(([path, content]) => ({
    path,
    content: `${JSON.stringify(content, null, 2)}\n`,
  }));
}
