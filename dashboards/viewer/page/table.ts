import type { PanelData, PanelView } from "../api.ts";
import type { Drawing } from "./chart.ts";
import { el, fill } from "./dom.ts";
import { judge } from "./verdict.ts";

export interface TableRow {
  readonly labels: readonly string[];
  readonly values: readonly (number | undefined)[];
}

/** A row for each set of labels, a value for each query; labels that are the same in all rows say nothing. */
export function pivot({ queries }: PanelData): { labels: string[]; rows: TableRow[] } {
  const sets = new Map<
    string,
    { labels: Readonly<Record<string, string>>; values: (number | undefined)[] }
  >();
  for (const [query, { series }] of queries.entries()) {
    for (const { labels, values } of series) {
      // Two queries have different names, and are about the same thing.
      const own = Object.entries(labels).filter(([name]) => name !== "__name__");
      const key = JSON.stringify(own.sort(([a], [b]) => a.localeCompare(b)));
      const row = sets.get(key) ?? { labels: Object.fromEntries(own), values: queries.map(() => undefined) };
      row.values[query] = values[0] ?? undefined;
      sets.set(key, row);
    }
  }
  const found = [...sets.values()];
  const names = [...new Set(found.flatMap(({ labels }) => Object.keys(labels)))];
  const telling = names.filter((name) => new Set(found.map(({ labels }) => labels[name])).size > 1);
  const shown = telling.length > 0 ? telling : names.slice(0, 1);
  return {
    labels: shown,
    rows: found.map(({ labels, values }) => ({ labels: shown.map((name) => labels[name] ?? ""), values })),
  };
}

/** A table that is sorted by a press on a column's title. */
export function createTable(panel: PanelView): Drawing {
  const element = el("div", { class: "table" });
  let sort = { column: 0, down: false };
  let now: PanelData | undefined;

  function show(): void {
    if (now === undefined) return;
    const { labels, rows } = pivot(now);
    if (rows.length === 0) {
      fill(element, el("p", { class: "nothing" }, panel.noValue));
      return;
    }
    const cells = rows.map((row) => [...row.labels, ...row.values]);
    const { column, down } = sort;
    cells.sort((a, b) => compare(a[column], b[column]) * (down ? -1 : 1));
    const titles = [...labels, ...panel.queries.map(({ legend }) => legend)];
    const head = titles.map((title, i) =>
      el(
        "th",
        { scope: "col", "aria-sort": i === column ? (down ? "descending" : "ascending") : "none" },
        el(
          "button",
          {
            type: "button",
            on: {
              click: () => {
                // Names begin with A, values with the greatest.
                sort = { column: i, down: i === column ? !down : i >= labels.length };
                show();
              },
            },
          },
          title,
        ),
      ),
    );
    const body = cells.map((row) =>
      el(
        "tr",
        {},
        ...row.map((cell, i) => {
          if (typeof cell === "string") return el("th", { scope: "row" }, cell);
          if (cell === undefined) return el("td", {}, "–");
          const { unit } = panel.queries[i - labels.length] ?? {};
          // The threshold is about values in the panel's own unit.
          const { text, is } = judge(cell, unit === undefined ? panel : { unit });
          return el("td", { class: is }, text);
        }),
      ),
    );
    fill(element, el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...body)));
  }

  return {
    element,
    draw(data) {
      now = data;
      show();
    },
  };
}

function compare(a: string | number | undefined, b: string | number | undefined): number {
  if (typeof a === "string" && typeof b === "string") return a.localeCompare(b, "en", { numeric: true });
  return Number(a ?? -Infinity) - Number(b ?? -Infinity);
}
