import { expect, test } from "vitest";
import { valueRange } from "./scales.ts";
import { stretches } from "./states.ts";
import { pivot } from "./table.ts";
import { judge, thresholdText } from "./verdict.ts";

const limit = { unit: "seconds", is: "above", value: 1 } as const;

test("a value beyond its threshold is bad, and the one at it is not", () => {
  expect(judge(1, { unit: "seconds", threshold: limit })).toEqual({ text: "1 s", is: "good" });
  expect(judge(1.5, { unit: "seconds", threshold: limit })).toEqual({ text: "1.5 s", is: "bad" });
  expect(judge(0.4, { unit: "ratio", threshold: { unit: "ratio", is: "below", value: 0.5 } }).is).toBe("bad");
  expect(judge(7, { unit: "count" }).is).toBe("plain");
  expect(thresholdText(limit)).toBe("alerts above 1 s");
});

test("a value that stands for something is a word", () => {
  const states = [{ value: 2, text: "open", is: "bad" }] as const;
  expect(judge(2, { unit: "count", states })).toEqual({ text: "open", is: "bad" });
});

test("an axis begins at 0 and has room for the limit", () => {
  expect(valueRange(0.01, 0.2, limit)).toEqual([0, 1.06]);
  expect(valueRange(-2, 2)[0]).toBe(-2);
  expect(valueRange(null, null)).toEqual([0, 1]);
  expect(valueRange(1, 10, { unit: "count", is: "below", value: 500 })[1]).toBeCloseTo(10.6);
});

test("equal values are one stretch of time, and a gap ends it", () => {
  expect(stretches([0, 15, 30, 45, 60], [1, 1, 0, null, 0])).toEqual([
    { from: 0, to: 30, value: 1 },
    { from: 30, to: 45, value: 0 },
    { from: 60, to: 75, value: 0 },
  ]);
});

test("a table has a row for each thing that its queries know, and the labels that tell them apart", () => {
  const series = (labels: Record<string, string>, value: number) => ({ name: "", labels, values: [value] });
  const queries = [
    { expr: "", series: [series({ job: "bot", kind: "csv" }, 1), series({ job: "bot", kind: "mail" }, 2)] },
    { expr: "", series: [series({ kind: "mail", job: "bot", __name__: "other" }, 3)] },
  ];
  expect(pivot({ times: [0], queries })).toEqual({
    labels: ["kind"],
    rows: [
      { labels: ["csv"], values: [1, undefined] },
      { labels: ["mail"], values: [2, 3] },
    ],
  });
});
