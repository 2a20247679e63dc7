import { TableCellDisplayMode, TableSortByFieldStateBuilder } from "@grafana/grafana-foundation-sdk/common";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/table";
import type { Panel } from "../../catalogue.ts";
import { refId } from "../queries.ts";
import { thresholds } from "../thresholds.ts";
import { units } from "../view.ts";

/** Labels that are the same in every row say nothing. */
const constant = (panel: Panel): string[] => {
  const labels = new Set(panel.queries.flatMap(({ expr }) => expr.labels));
  return ["stack", ...(labels.size > 1 ? ["job"] : [])];
};

/** Rows of the same labels become one, with the value of each query in a column that has its name. */
export function table(panel: Panel): PanelBuilder {
  const { queries, threshold, unit } = panel;
  const builder = new PanelBuilder().withTransformation({ id: "merge", options: {} }).withTransformation({
    id: "organize",
    options: {
      excludeByName: Object.fromEntries(["Time", ...constant(panel)].map((name) => [name, true])),
      // Grafana leaves the letter out where there is one query only.
      renameByName: Object.fromEntries(
        queries.map(({ legend }, i) => [queries.length === 1 ? "Value" : `Value #${refId(i)}`, legend]),
      ),
    },
  });
  const [first] = queries;
  if (first !== undefined)
    builder.sortBy([new TableSortByFieldStateBuilder().displayName(first.legend).desc(true)]);
  for (const { legend, unit: own } of queries) {
    builder.overrideByName(legend, [
      { id: "unit", value: units[own ?? unit] },
      ...(threshold === undefined || own !== undefined
        ? []
        : [
            { id: "thresholds", value: thresholds(threshold).build() },
            { id: "custom.cellOptions", value: { type: TableCellDisplayMode.ColorBackground } },
          ]),
    ]);
  }
  return builder;
}
