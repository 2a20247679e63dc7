import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import type { Board, Panel } from "../catalogue.ts";
import { chosen } from "../choice.ts";
import { choiceOf, sourceOf, type BoardOptions } from "./view.ts";

/** Grafana's name of the i-th query of a panel. */
export const refId = (i: number): string => String.fromCharCode(65 + i);

/** Lines and states are asked for over time, everything else as it is now. */
export const overTime = ({ kind }: Panel): boolean => kind === "timeseries" || kind === "states";

export function queriesOf(board: Board, panel: Panel, options: BoardOptions): DataqueryBuilder[] {
  return panel.queries.map(({ expr, legend }, i) => {
    const query = new DataqueryBuilder()
      .datasource(sourceOf(options))
      .expr(chosen(expr.text, board, choiceOf(options)))
      .legendFormat(legend)
      .refId(refId(i));
    if (overTime(panel)) return query.range();
    return panel.kind === "table" ? query.instant().format(PromQueryFormat.Table) : query.instant();
  });
}
