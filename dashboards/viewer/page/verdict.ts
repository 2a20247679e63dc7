import type { State, Threshold } from "../../catalogue.ts";
import type { PanelView } from "../api.ts";
import { format } from "./units.ts";

/** How good a value is, as a class of the style sheet; plain where nothing says so. */
export type Verdict = State["is"] | "plain";

/** A value as people read it, with its colour: by the panel's words for it, else by its threshold. */
export function judge(
  value: number,
  { unit, threshold, states = [] }: Pick<PanelView, "unit" | "threshold" | "states">,
): { text: string; is: Verdict } {
  const state = states.find((one) => one.value === value);
  if (state !== undefined) return { text: state.text, is: state.is };
  return { text: format(value, unit), is: threshold === undefined ? "plain" : side(value, threshold) };
}

const side = (value: number, { is, value: limit }: Threshold): Verdict =>
  (is === "above" ? value > limit : value < limit) ? "bad" : "good";

export const thresholdText = ({ is, value, unit }: Threshold): string =>
  `alerts ${is} ${format(value, unit)}`;
