import { ThresholdsConfigBuilder, ThresholdsMode } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Threshold } from "../catalogue.ts";
import { colors } from "./view.ts";

/** The alert's own number. */
export function thresholds(threshold: Threshold | undefined): ThresholdsConfigBuilder {
  const below = threshold?.is === "below";
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([
      { value: null, color: below ? colors.bad : colors.good },
      ...(threshold === undefined
        ? []
        : [{ value: threshold.value, color: below ? colors.good : colors.bad }]),
    ]);
}
