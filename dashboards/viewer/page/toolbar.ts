import type { VariableView } from "../api.ts";
import { el, fill } from "./dom.ts";
import { REFRESH, fixed, spanOf, type Selection } from "./selection.ts";
import { isLive, spanText } from "./time.ts";

const spans = ["5m", "15m", "1h", "6h", "24h", "7d"];

/** Time range, refresh and variables. Each change is told as a part of the selection. */
export function createToolbar(change: (part: Partial<Selection>) => void, reload: () => void) {
  const ranges = el("div", { class: "segments", role: "group", "aria-label": "Time range" });
  const shown = el("span", { class: "span" });
  const variables = el("div", { class: "variables" });
  const refresh = el("input", {
    type: "checkbox",
    id: "refresh",
    on: { change: () => change({ refresh: refresh.checked }) },
  });
  const button = (text: string, label: string, press: () => void): HTMLButtonElement =>
    el("button", { type: "button", title: label, "aria-label": label, on: { click: press } }, text);

  let selection: Selection | undefined;
  const move = (how: (from: number, to: number) => [number, number]): void => {
    if (selection === undefined) return;
    const { from, to } = spanOf(selection);
    const [start, end] = how(from, to);
    const now = Date.now() / 1000;
    const late = Math.max(0, end - now);
    change(fixed({ from: start - late, to: end - late }));
  };
  const times = el(
    "div",
    { class: "times" },
    button("◀", "Earlier", () => move((from, to) => [from - (to - from) / 2, to - (to - from) / 2])),
    ranges,
    button("▶", "Later", () => move((from, to) => [from + (to - from) / 2, to + (to - from) / 2])),
    button("−", "Zoom out", () => move((from, to) => [from - (to - from) / 2, to + (to - from) / 2])),
    shown,
  );
  const element = el(
    "div",
    { class: "toolbar", role: "toolbar", "aria-label": "Time and choice" },
    times,
    variables,
    el(
      "div",
      { class: "refresh" },
      el("label", { for: "refresh" }, refresh, ` every ${REFRESH.replace("s", " s")}`),
      button("⟳", "Ask again now", reload),
    ),
  );

  return {
    element,
    show(next: Selection) {
      selection = next;
      refresh.checked = next.refresh;
      fill(
        ranges,
        ...spans.map((span) =>
          el(
            "button",
            {
              type: "button",
              "aria-pressed": String(next.from === `now-${span}` && next.to === "now"),
              on: {
                click: () =>
                  change({
                    from: `now-${span}`,
                    to: "now",
                    // Who comes back from the past wants to see what goes on.
                    ...(selection !== undefined && isLive(selection.to) ? {} : { refresh: true }),
                  }),
              },
            },
            span,
          ),
        ),
      );
      const isListed = spans.some((span) => next.from === `now-${span}` && next.to === "now");
      const text = isLive(next.to) ? `${next.from} to ${next.to}` : spanText(spanOf(next));
      shown.textContent = isListed ? "" : text;
    },
    showVariables(views: readonly VariableView[], next: Selection & { readonly stack: string }) {
      fill(
        variables,
        ...views.map(({ name, title, several, values }) => {
          const chosen = name === "stack" ? [next.stack] : next.replicas;
          const all = [...new Set([...values, ...chosen])].sort();
          if (!several) {
            const select = el("select", {
              on: { change: () => change({ stack: select.value }) },
            });
            fill(select, ...all.map((value) => option(value, chosen)));
            return el("label", {}, `${title} `, select);
          }
          const boxes = all.map((value) => {
            const box = el("input", { type: "checkbox", value });
            box.checked = chosen.includes(value);
            return box;
          });
          const tell = (): void =>
            change({ replicas: boxes.filter((box) => box.checked).map((box) => box.value) });
          for (const box of boxes) box.addEventListener("change", tell);
          return el(
            "details",
            { class: "choice" },
            el("summary", {}, `${title}: ${chosen.length === 0 ? "all" : chosen.join(", ")}`),
            el("div", {}, ...boxes.map((box) => el("label", {}, box, ` ${box.value}`))),
          );
        }),
      );
    },
  };
}

function option(value: string, chosen: readonly string[]): HTMLOptionElement {
  const element = el("option", { value }, value);
  element.selected = chosen.includes(value);
  return element;
}
