import type { PanelView } from "../api.ts";
import type { Drawing } from "./chart.ts";
import { el, fill } from "./dom.ts";
import { onPoint, point } from "./pointer.ts";
import { clock, type Span } from "./time.ts";
import { judge } from "./verdict.ts";

export interface Stretch {
  readonly from: number;
  /** Where the next value begins. */
  readonly to: number;
  readonly value: number;
}

/** Equal values after each other are one stretch; where there is no value there is none. */
export function stretches(times: readonly number[], values: readonly (number | null)[]): Stretch[] {
  const step = (times[1] ?? 0) - (times[0] ?? 0);
  const found: { from: number; to: number; value: number }[] = [];
  for (const [i, from] of times.entries()) {
    const value = values[i] ?? null;
    if (value === null) continue;
    const last = found.at(-1);
    if (last?.value === value && last.to === from) last.to = from + step;
    else found.push({ from, to: from + step, value });
  }
  return found;
}

/** What held when, a bar of colours for each series. */
export function createStates(panel: PanelView): Drawing {
  const lanes = el("div", { class: "lanes" });
  const line = el("div", { class: "crosshair" });
  const axis = el("div", { class: "axis" });
  const element = el("div", { class: "states" }, lanes, axis);
  let span: Span = { from: 0, to: 1 };
  const share = (time: number): number =>
    Math.min(100, Math.max(0, ((time - span.from) / (span.to - span.from)) * 100));

  const place = (time: number | undefined): void => {
    line.hidden = time === undefined;
    if (time === undefined) return;
    line.style.setProperty("--at", String(share(time) / 100));
  };
  onPoint(place);
  lanes.addEventListener("pointermove", (event) => {
    const bar = lanes.querySelector(".bar");
    if (bar === null) return;
    const { left, width } = bar.getBoundingClientRect();
    const part = (event.clientX - left) / width;
    point(part < 0 || part > 1 ? undefined : span.from + part * (span.to - span.from), element);
  });
  lanes.addEventListener("pointerleave", () => point(undefined, element));

  return {
    element,
    draw({ times, queries }, context) {
      span = context.span;
      const series = queries.flatMap((query) => query.series);
      const rows = series.map(({ name, values }) => {
        const bar = el("div", { class: "bar" });
        for (const { from, to, value } of stretches(times, values)) {
          const { text, is } = judge(value, panel);
          const part = el(
            "div",
            {
              class: `stretch ${is}`,
              title: `${name}: ${text}, ${clock(from)} to ${clock(Math.min(to, span.to))}`,
            },
            text,
          );
          part.style.left = `${share(from)}%`;
          part.style.width = `${share(to) - share(from)}%`;
          bar.append(part);
        }
        return el("div", { class: "lane" }, el("span", { class: "name", title: name }, name), bar);
      });
      if (rows.length === 0) fill(lanes, el("p", { class: "nothing" }, panel.noValue));
      else fill(lanes, ...rows, line);
      fill(axis, el("span", {}, clock(span.from)), el("span", {}, clock(span.to)));
      axis.hidden = rows.length === 0;
      place(undefined);
    },
  };
}
