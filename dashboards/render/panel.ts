import {
  DashboardLinkBuilder,
  DashboardLinkType,
  MappingType,
  type ValueMapping,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { alerts } from "../alerts/all.ts";
import type { Board, Panel } from "../catalogue.ts";
import { panelId } from "./ids.ts";
import { alertList } from "./panels/alerts.ts";
import { stat } from "./panels/stat.ts";
import { states } from "./panels/states.ts";
import { table } from "./panels/table.ts";
import { timeseries } from "./panels/timeseries.ts";
import { present } from "./present.ts";
import { queriesOf } from "./queries.ts";
import { thresholds } from "./thresholds.ts";
import { colors, sourceOf, units, type BoardOptions } from "./view.ts";

/** Words and colours in place of values that are no amounts. */
function mappings({ states: meant = [] }: Panel): ValueMapping[] {
  const results = meant.map(({ value, text, is }, index): [string, object] => [
    String(value),
    { text, color: colors[is], index },
  ]);
  return results.length === 0
    ? []
    : [{ type: MappingType.ValueToText, options: Object.fromEntries(results) }];
}

/** The runbooks of the alerts that send people to this panel, where their addresses are known. */
const runbooks = (board: Board, panel: Panel, options: BoardOptions): DashboardLinkBuilder[] =>
  alerts
    .filter((alert) => alert.panel?.board === board.key && alert.panel.key === panel.key)
    .filter((alert) => present(options, alert) && URL.canParse(options.runbookUrl(alert.name)))
    .map(({ name }) =>
      new DashboardLinkBuilder(`Runbook of ${name}`)
        .type(DashboardLinkType.Link)
        .url(options.runbookUrl(name))
        .targetBlank(true),
    );

/** A panel of a board as Grafana draws it. */
export function panelOf(board: Board, panel: Panel, options: BoardOptions) {
  const builder = {
    stat: () => stat(panel),
    timeseries: () => timeseries(panel),
    table: () => table(panel),
    states,
    alerts: () => alertList(options),
  }[panel.kind]();
  return builder
    .id(panelId(board.key, panel.key))
    .title(panel.title)
    .description(panel.description)
    .datasource(sourceOf(options))
    .targets(queriesOf(board, panel, options))
    .links(runbooks(board, panel, options))
    .unit(units[panel.unit])
    .thresholds(thresholds(panel.threshold))
    .mappings(mappings(panel))
    .noValue(panel.noValue)
    .span(panel.width)
    .height(panel.height);
}
