import type { PanelView } from "../api.ts";
import type { Drawing } from "./chart.ts";
import { el, fill } from "./dom.ts";
import { judge } from "./verdict.ts";

/** Great numbers in the colour of their threshold. */
export function createStat(panel: PanelView): Drawing {
  const element = el("div", { class: "stats" });
  return {
    element,
    draw({ queries }) {
      const values = queries.flatMap(({ series }) =>
        series.flatMap(({ name, values: [value = null] }) => (value === null ? [] : [{ name, value }])),
      );
      const tiles = values.map(({ name, value }) => {
        const { text, is } = judge(value, panel);
        return el(
          "div",
          { class: `stat ${is}` },
          values.length > 1 && el("span", { class: "name", title: name }, name),
          el("span", { class: "value" }, text),
        );
      });
      fill(
        element,
        ...(tiles.length > 0
          ? tiles
          : [el("div", { class: "stat none" }, el("span", { class: "value" }, panel.noValue))]),
      );
    },
  };
}
