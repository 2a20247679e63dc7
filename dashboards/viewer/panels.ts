import { chosen, rateInterval, variablesOf, type Choice } from "../choice.ts";
import type { Board, Panel } from "../catalogue.ts";
import { boardUid, panelId } from "../render/ids.ts";
import type { BoardView, PanelData, PanelView, QueryData, VariableView } from "./api.ts";
import type { Prometheus } from "./prometheus.ts";
import { SCRAPE_SECONDS, timesOf, type Range } from "./range.ts";
import { Unanswered } from "./upstream.ts";

function panelView(board: Board, panel: Panel): PanelView {
  const { title, description, kind, unit, threshold, states, width, height, noValue, emptyWhen } = panel;
  return {
    id: panelId(board.key, panel.key),
    ...{ title, description, kind, unit, width, height, noValue },
    ...(threshold === undefined ? {} : { threshold }),
    ...(states === undefined ? {} : { states }),
    ...(emptyWhen === undefined ? {} : { emptyWhen }),
    queries: panel.queries.map(({ legend, limit, unit: own }) => ({
      legend,
      limit: limit === true,
      ...(own === undefined ? {} : { unit: own }),
    })),
  };
}

export const boardView = (board: Board, stack: string, prometheus: string): BoardView => ({
  uid: boardUid(board.key),
  title: board.title,
  description: board.description,
  stack,
  prometheus,
  rows: board.rows.map(({ title, collapsed, panels }) => ({
    title,
    collapsed: collapsed === true,
    panels: panels.map((panel) => panelView(board, panel)),
  })),
});

/** `{{label}}` stands for the label's value. */
export const nameOf = (legend: string, labels: Readonly<Record<string, string>>): string =>
  legend.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label: string) => labels[label] ?? "").trim();

/** Those that show one moment rather than a stretch of time. */
const isInstant = ({ kind }: Panel): boolean => kind === "stat" || kind === "table";

/** The answers to a panel's queries. One that fails says why, and the others are there all the same. */
export async function panelData(
  prometheus: Prometheus,
  board: Board,
  panel: Panel,
  choice: Choice,
  range: Range,
): Promise<PanelData> {
  const interval = rateInterval(range.step, SCRAPE_SECONDS);
  const answer = async ({ expr: { text }, legend }: Panel["queries"][number]): Promise<QueryData> => {
    const expr = chosen(text, board, { ...choice, rateInterval: interval });
    try {
      const found = isInstant(panel)
        ? await prometheus.instant(expr, range.to)
        : await prometheus.range(expr, range);
      const series = found.map(({ labels, values }) => ({ name: nameOf(legend, labels), labels, values }));
      return { expr, series: series.sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true })) };
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      return { expr, series: [], error: error.message };
    }
  };
  return {
    times: isInstant(panel) ? [range.to] : timesOf(range),
    queries: await Promise.all(panel.queries.map(answer)),
  };
}

/** What the reader of a board may choose from. */
export function variables(
  prometheus: Prometheus,
  board: Board,
  choice: Choice,
  { from, to }: Range,
): Promise<VariableView[]> {
  return Promise.all(
    variablesOf(board, choice).map(async ({ name, title, series, label, several }) => ({
      ...{ name, title, several },
      values: await prometheus.labelValues(label, series, from, to),
    })),
  );
}
