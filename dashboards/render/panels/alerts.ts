import { PanelBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import type { BoardOptions } from "../view.ts";

/** Grafana's list of alerts, for which the SDK has no builder: what fires or is about to, in the chosen stack. */
export function alertList({ namespace }: BoardOptions): PanelBuilder {
  const place = namespace === undefined ? "" : `namespace=${JSON.stringify(namespace)},`;
  return new PanelBuilder().type("alertlist").options({
    viewMode: "list",
    groupMode: "default",
    groupBy: [],
    maxItems: 20,
    /** The worst first. */
    sortOrder: 3,
    dashboardAlerts: false,
    alertName: "",
    // The dead man's switch always fires.
    alertInstanceLabelFilter: `{${place}stack="$stack",severity!="none"}`,
    // Empty: of every data source that has rules.
    datasource: "",
    stateFilter: {
      firing: true,
      pending: true,
      noData: false,
      normal: false,
      error: true,
      recovering: true,
    },
  });
}
