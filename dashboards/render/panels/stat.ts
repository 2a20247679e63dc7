import {
  BigValueColorMode,
  BigValueGraphMode,
  ReduceDataOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/stat";
import type { Panel } from "../../catalogue.ts";

export function stat({ threshold, states }: Panel): PanelBuilder {
  // Green would say that somebody knows what is good.
  const judged = threshold !== undefined || states !== undefined;
  return new PanelBuilder()
    .graphMode(BigValueGraphMode.None)
    .colorMode(judged ? BigValueColorMode.Background : BigValueColorMode.None)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]).values(false).fields(""));
}
