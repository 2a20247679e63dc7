import type uPlot from "uplot";
import type { Unit } from "../../catalogue.ts";
import type { Annotation } from "../api.ts";
import type { Line } from "./chart.ts";
import { el, fill } from "./dom.ts";
import { clock } from "./time.ts";
import { format } from "./units.ts";

/** More would not fit on the page. */
const MOST = 20;

export const swatch = (colour: string, dashed = false): HTMLElement => {
  const mark = el("span", { class: dashed ? "swatch dashed" : "swatch" });
  mark.style.color = colour;
  return mark;
};

/** All lines at the moment under the pointer, the greatest first, and what happened then. */
export function createTooltip(unit: Unit) {
  const element = el("div", { class: "tooltip", role: "presentation" });
  element.hidden = true;
  return {
    element,
    hide: () => {
      element.hidden = true;
    },
    show(u: uPlot, time: number, index: number, lines: readonly Line[], annotations: readonly Annotation[]) {
      const values = lines
        .flatMap((line) => {
          const value = line.values[index];
          return value === null || value === undefined ? [] : [{ line, value }];
        })
        .sort((a, b) => b.value - a.value);
      const slack = u.posToVal(6, "x") - u.posToVal(0, "x");
      const notes = annotations.filter(({ from, to }) => time >= from - slack && time <= to + slack);
      const rows = values
        .slice(0, MOST)
        .map(({ line, value }) =>
          el(
            "tr",
            {},
            el("th", { scope: "row" }, swatch(line.colour, line.limit), line.name),
            el("td", {}, format(value, unit)),
          ),
        );
      const more = values.length - rows.length;
      fill(
        element,
        el("time", {}, clock(time, true)),
        rows.length > 0 && el("table", {}, ...rows),
        more > 0 && el("p", {}, `and ${more} more`),
        ...notes.map(({ is, title, text }) => el("p", { class: `note ${is}` }, `${title}: ${text}`)),
      );
      element.hidden = false;
      // Beside the pointer, on the side where the window has room.
      const left = u.cursor.left ?? 0;
      const begin = u.over.getBoundingClientRect().left;
      const { offsetWidth: width } = element;
      const fits = begin + left + 14 + width < innerWidth - 8;
      element.style.left = `${fits ? left + 14 : Math.max(left - 14 - width, 8 - begin)}px`;
      element.style.top = `${Math.max(0, Math.min(u.cursor.top ?? 0, u.over.clientHeight - 40))}px`;
    },
  };
}
