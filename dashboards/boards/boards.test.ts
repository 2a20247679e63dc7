import { parser } from "@prometheus-io/lezer-promql";
import { expect, test } from "vitest";
import { capacity } from "../../infra/capacity.ts";
import { annotations } from "../annotations.ts";
import type { Board, Panel } from "../catalogue.ts";
import { chosen, variablesOf } from "../choice.ts";
import { seriesLabels } from "../promql.ts";
import { recordings } from "../recordings/all.ts";
import { capacityRecordings } from "../recordings/capacity.ts";
import { boards } from "./all.ts";

const panelsOf = (board: Board): Panel[] => board.rows.flatMap((row) => row.panels);
const panels = boards.flatMap((board) => panelsOf(board).map((panel) => ({ board: board.key, ...panel })));

/** What Prometheus' own grammar sees in an expression. */
function parsed(expr: string): { errors: number; series: string[] } {
  let errors = 0;
  const series: string[] = [];
  parser.parse(expr).iterate({
    enter(node) {
      if (node.type.isError) errors += 1;
      if (node.name === "Identifier" && node.node.parent?.name === "VectorSelector")
        series.push(expr.slice(node.from, node.to));
    },
  });
  return { errors, series };
}

const labelsIn = (text: string): string[] =>
  [...text.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, name = ""]) => name);

test("the grammar notices a mistake, and finds the series", () => {
  expect(parsed("sum by (job) (rate(up[5m]))")).toEqual({ errors: 0, series: ["up"] });
  expect(parsed("sum by (job (up)").errors).toBeGreaterThan(0);
});

test.each(boards)("every query of $key is PromQL about series that exist", (board) => {
  const choice = { stack: "dev", replicas: ".*", namespace: "bots", rateInterval: "60s" } as const;
  const exprs = [
    ...panelsOf(board).flatMap(({ queries }) => queries.map(({ expr }) => chosen(expr.text, board, choice))),
    ...annotations.map(({ expr }) => chosen(expr.text, board, choice)),
    ...variablesOf(board, choice).map(({ series }) => series),
  ];
  const kept = [...capacityRecordings(capacity(2000)), ...recordings];
  const known = new Set([...seriesLabels.keys(), ...kept.map(({ name }) => name)]);
  for (const expr of exprs) {
    const { errors, series } = parsed(expr);
    expect(errors, expr).toBe(0);
    expect(
      series.filter((name) => !known.has(name)),
      expr,
    ).toEqual([]);
  }
});

test.each(panels)("$board/$key says what it shows, of labels that its queries have", (panel) => {
  expect(panel.description.length).toBeGreaterThan(20);
  expect(panel.noValue).not.toBe("");
  for (const { expr, legend } of panel.queries)
    for (const label of labelsIn(legend)) expect(expr.labels).toContain(label);
});

test.each(panels)("$board/$key is drawn as its kind can be", ({ kind, queries, states }) => {
  expect(queries.length > 0).toBe(kind !== "alerts");
  if (kind !== "table") for (const query of queries) expect(query.unit).toBeUndefined();
  if (kind !== "timeseries") for (const query of queries) expect(query.limit).toBeUndefined();
  if (kind === "states") expect(states?.length).toBeGreaterThan(1);
  if (kind !== "table") return;
  // Other rows would not be joined.
  for (const { expr } of queries)
    expect([...expr.labels].sort()).toEqual([...(queries[0]?.expr.labels ?? [])].sort());
  expect(new Set(queries.map(({ legend }) => legend)).size).toBe(queries.length);
});

test.each(boards)(
  "$key answers few questions at a glance, each panel and row by a name of its own",
  (board) => {
    const unfolded = board.rows.filter(({ collapsed }) => collapsed !== true).flatMap((row) => row.panels);
    expect(unfolded.length).toBeLessThanOrEqual(12);
    for (const names of [panelsOf(board).map(({ key }) => key), board.rows.map(({ title }) => title)])
      expect(names).toEqual([...new Set(names)]);
  },
);

test("annotations speak of labels that they have", () => {
  for (const { expr, text } of annotations)
    for (const label of labelsIn(text)) expect(expr.labels).toContain(label);
});
