import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import type { Panel } from "../../catalogue.ts";
import { refId } from "../queries.ts";
import { colors } from "../view.ts";

/** A limit is a dashed line of its own colour, without an area below it. */
const asLimit = [
  { id: "custom.lineStyle", value: { fill: "dash", dash: [8, 6] } },
  { id: "custom.fillOpacity", value: 0 },
  { id: "color", value: { mode: "fixed", fixedColor: colors.doubtful } },
];

export function timeseries({ queries, threshold }: Panel): PanelBuilder {
  const line = threshold === undefined ? GraphThresholdsStyleMode.Off : GraphThresholdsStyleMode.Dashed;
  const builder = new PanelBuilder()
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
  if (threshold?.is === "above") builder.axisSoftMax(threshold.value);
  queries.forEach(({ limit }, i) => {
    if (limit === true) builder.overrideByQuery(refId(i), asLimit);
  });
  return builder;
}
