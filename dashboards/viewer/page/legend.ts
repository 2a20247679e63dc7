import type { PanelView } from "../api.ts";
import type { Line } from "./chart.ts";
import { colour, el, fill } from "./dom.ts";
import { thresholdText } from "./verdict.ts";
import { swatch } from "./tooltip.ts";
import { format } from "./units.ts";

const numbers = (values: Line["values"]): number[] => values.filter((value) => value !== null);

/** Names of the lines with their last and greatest values. A press on a name shows that line alone, or all again. */
export function createLegend({ unit, threshold }: PanelView, changed: () => void) {
  const element = el("div", { class: "legend" });
  /** The only line that is shown. */
  let alone: string | undefined;
  let names: string[] = [];

  return {
    element,
    shows: (index: number): boolean => alone === undefined || names[index] === alone,
    show(lines: readonly Line[]) {
      names = lines.map(({ name }) => name);
      if (alone !== undefined && !names.includes(alone)) alone = undefined;
      const entries = lines.map(({ name, values, limit, colour }) => {
        const known = numbers(values);
        const last = known.at(-1);
        const isAlone = alone === name;
        return el(
          "button",
          {
            type: "button",
            class: alone === undefined || isAlone ? "entry" : "entry off",
            "aria-pressed": String(isAlone),
            title: isAlone ? "Show all" : `Show ${name} alone`,
            on: {
              click: () => {
                alone = isAlone ? undefined : name;
                changed();
              },
            },
          },
          swatch(colour, limit),
          name,
          last !== undefined && el("b", {}, format(last, unit)),
          last !== undefined &&
            !limit &&
            el("span", { class: "max" }, `max ${format(Math.max(...known), unit)}`),
        );
      });
      fill(
        element,
        ...entries,
        threshold !== undefined &&
          el("span", { class: "entry" }, swatch(colour("bad"), true), thresholdText(threshold)),
      );
    },
  };
}
