import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  PanelBuilder,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatesBuilder } from "@grafana/grafana-foundation-sdk/statetimeline";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { boards } from "../boards/all.ts";
import type { Board, Panel, Threshold, Unit } from "../catalogue.ts";
import { select, within } from "../promql.ts";
import { boardUid, dataSources, panelId } from "./ids.ts";

const units: Record<Unit, string> = {
  ratio: "percentunit",
  seconds: "s",
  count: "short",
  "per second": "ops",
  bytes: "bytes",
};

/** What a board shows: all series of our own Prometheus, or those of one namespace in a Prometheus that is chosen. */
interface View {
  readonly source: { readonly type: string; readonly uid: string };
  readonly namespace: string | undefined;
}

const SOURCE = "datasource";
const viewOf = (namespace: string | undefined): View => ({
  source: { type: "prometheus", uid: namespace === undefined ? dataSources.prometheus : `$\{${SOURCE}}` },
  namespace,
});

const seen = (expr: string, { namespace }: View): string =>
  namespace === undefined ? expr : within(expr, namespace);

function queries(panel: Panel, view: View): DataqueryBuilder[] {
  return panel.queries.map(({ expr, legend }, i) => {
    const query = new DataqueryBuilder()
      .datasource(view.source)
      .expr(seen(expr.text, view))
      .legendFormat(legend)
      .refId(String.fromCharCode(65 + i));
    if (panel.kind === "table") return query.instant().format(PromQueryFormat.Table);
    return panel.kind === "stat" ? query.instant() : query.range();
  });
}

function thresholds(threshold: Threshold | undefined): ThresholdsConfigBuilder {
  const [base, beyond] = threshold?.is === "below" ? ["red", "green"] : ["green", "red"];
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([
      { value: null, color: base },
      ...(threshold === undefined ? [] : [{ value: threshold.value, color: beyond }]),
    ]);
}

function stat(): StatBuilder {
  return new StatBuilder()
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Background)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]).values(false).fields(""));
}

function timeseries(panel: Panel): TimeseriesBuilder {
  const line = panel.threshold === undefined ? GraphThresholdsStyleMode.Off : GraphThresholdsStyleMode.Dashed;
  const builder = new TimeseriesBuilder()
    .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(line))
    .fillOpacity(8)
    .axisSoftMin(0)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs(["lastNotNull", "max"]),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi));
  // The limit stays in view while values are far from it.
  return panel.threshold?.is === "above" ? builder.axisSoftMax(panel.threshold.value) : builder;
}

/** The SDK has no builder for Grafana's list of alerts. */
function alertList({ namespace }: View): PanelBuilder {
  return new PanelBuilder().type("alertlist").options({
    viewMode: "list",
    groupMode: "default",
    maxItems: 20,
    sortOrder: 3,
    dashboardAlerts: false,
    alertName: "",
    alertInstanceLabelFilter: namespace === undefined ? "" : `{namespace=${JSON.stringify(namespace)}}`,
    datasource: "",
    stateFilter: { firing: true, pending: true, noData: true, normal: false, error: true },
  });
}

function panelOf(board: Board, panel: Panel, view: View) {
  const builder = {
    stat,
    timeseries: () => timeseries(panel),
    table: () => new TableBuilder(),
    states: () => new StatesBuilder(),
    alerts: () => alertList(view),
  }[panel.kind]();
  return builder
    .id(panelId(board.key, panel.key))
    .title(panel.title)
    .description(panel.description)
    .datasource(view.source)
    .targets(queries(panel, view))
    .unit(units[panel.unit])
    .thresholds(thresholds(panel.threshold))
    .noValue(panel.noValue)
    .span(panel.width)
    .height(panel.height);
}

/* eslint-disable @typescript-eslint/no-deprecated -- Grafana's file provisioning takes only the classic model. */
/**
 * One board as Grafana's classic dashboard JSON. `namespace`: for a Grafana and a Prometheus that others use as well, it
 * shows the stack in this namespace alone, from a data source that the reader may choose.
 */
export function dashboardOf(board: Board, namespace?: string): Dashboard {
  const view = viewOf(namespace);
  const dashboard = new DashboardBuilder(
    namespace === undefined ? board.title : `${board.title} (${namespace})`,
  )
    .uid(boardUid(board.key, namespace))
    .description(board.description)
    .tags(["launchlab"])
    .readonly()
    .refresh("30s")
    .time({ from: "now-1h", to: "now" })
    .timezone("browser")
    .tooltip(DashboardCursorSync.Crosshair)
    .annotation(
      new AnnotationQueryBuilder()
        .name("Firing alerts")
        .datasource(view.source)
        .enable(true)
        .iconColor("red")
        .expr(seen(select("ALERTS", { alertstate: "firing", severity: ["critical", "warning"] }).text, view))
        .titleFormat("{{alertname}}")
        .textFormat("{{job}}"),
    );
  if (namespace !== undefined) {
    dashboard.withVariable(new DatasourceVariableBuilder(SOURCE).label("Data source").type("prometheus"));
  }
  for (const row of board.rows) {
    dashboard.withRow(new RowBuilder(row.title).id(panelId(board.key, row.title)));
    for (const panel of row.panels) dashboard.withPanel(panelOf(board, panel, view));
  }
  return dashboard.build();
}

/* eslint-enable @typescript-eslint/no-deprecated */

export interface GrafanaOptions {
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
  for (const board of boards) files[`boards/${board.key}.json`] = dashboardOf(board);
  return Object.entries(files).map(([path, content]) => ({
    path,
    content: `${JSON.stringify(content, null, 2)}\n`,
  }));
}
