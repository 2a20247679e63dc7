import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { annotations } from "../annotations.ts";
import type { Annotation, Board, Row } from "../catalogue.ts";
import { chosen, variablesOf, type Variable } from "../choice.ts";
import { boardUid, panelId } from "./ids.ts";
import { panelOf } from "./panel.ts";
import { choiceOf, colors, SOURCE, sourceOf, type BoardOptions } from "./view.ts";

const TAG = "launchlab";

function variable({ name, title, series, label, several }: Variable, options: BoardOptions) {
  const query = new QueryVariableBuilder(name)
    .label(title)
    .datasource(sourceOf(options))
    .query({
      qryType: 1,
      query: `label_values(${series}, ${label})`,
      refId: "PrometheusVariableQueryEditor-VariableQuery",
    })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc);
  if (!several) return query;
  return query
    .multi(true)
    .includeAll(true)
    .allValue(".*")
    .current({ selected: true, text: ["All"], value: ["$__all"] });
}

const annotation = ({ title, expr, text, is }: Annotation, board: Board, options: BoardOptions) =>
  new AnnotationQueryBuilder()
    .name(title)
    .datasource(sourceOf(options))
    .enable(true)
    .iconColor(colors[is])
    .expr(chosen(expr.text, board, { ...choiceOf(options), replicas: undefined }))
    .titleFormat(text);

/* eslint-disable @typescript-eslint/no-deprecated -- Grafana's file provisioning takes only the classic model. */
function withRow(dashboard: DashboardBuilder, board: Board, row: Row, options: BoardOptions): void {
  const header = new RowBuilder(row.title).id(panelId(board.key, `row ${row.title}`));
  const panels = row.panels.map((panel) => panelOf(board, panel, options));
  if (row.collapsed === true) {
    header.collapsed(true);
    for (const panel of panels) header.withPanel(panel);
  }
  dashboard.withRow(header);
  if (row.collapsed !== true) for (const panel of panels) dashboard.withPanel(panel);
}

/** One board as Grafana's classic dashboard JSON. */
export function dashboardOf(board: Board, options: BoardOptions): Dashboard {
  const { namespace } = options;
  const tags = [TAG, ...(namespace === undefined ? [] : [namespace])];
  const dashboard = new DashboardBuilder(
    namespace === undefined ? board.title : `${board.title} (${namespace})`,
  )
    .uid(boardUid(board.key, namespace))
    .description(board.description)
    .tags(tags)
    .readonly()
    .refresh("30s")
    .time({ from: "now-1h", to: "now" })
    .timezone("browser")
    .tooltip(DashboardCursorSync.Crosshair)
    .link(
      new DashboardLinkBuilder("Launch Lab")
        .type(DashboardLinkType.Dashboards)
        .tags(tags)
        .asDropdown(true)
        .keepTime(true)
        .includeVars(true),
    );
  if (options.source === "chosen") {
    dashboard.withVariable(new DatasourceVariableBuilder(SOURCE).label("Data source").type("prometheus"));
  }
  for (const one of variablesOf(board, choiceOf(options))) dashboard.withVariable(variable(one, options));
  for (const one of annotations) dashboard.annotation(annotation(one, board, options));
  for (const row of board.rows) withRow(dashboard, board, row, options);
  return dashboard.build();
}
/* eslint-enable @typescript-eslint/no-deprecated */
