import { expect, test } from "vitest";
import { scaled, scaledExpr } from "./scale.ts";

test("windows become shorter and keep their order, and none gets too short for two samples", () => {
  const windows = ["0s", "1m", "5m", "10m", "30m", "1h", "2h", "6h", "1d", "3d"] as const;
  expect(windows.map(scaled)).toEqual([0, 4, 10, 20, 60, 120, 126, 150, 258, 546]);
});

test.each([
  ["avg_over_time(a[5m]) > 0.01", "avg_over_time(a[10s]) > 0.01"],
  ["max by (job) (a) > 300", "max by (job) (a) > 300"],
  ["rate(a[5m] offset 1d) > 1", "rate(a[10s] offset 258s) > 1"],
  ['sum by (job) (increase(a{b="c"}[10m])) > 3', 'sum by (job) (increase(a{b="c"}[20s])) > 0.1'],
  [
    "x and on (job) (sum by (job) (increase(a[5m])) > 20)",
    "x and on (job) (sum by (job) (increase(a[10s])) > 0.667)",
  ],
  ["avg_over_time(bot:bad:increase1h[6h]) * 6 > 20", "avg_over_time(bot:bad:increase1h[150s]) * 6 > 0.667"],
  ["changes(a[30m]) > 3", "changes(a[60s]) > 3"],
  ["increase(a[1h]) / (increase(b[1h]) > 0) > 0.05", "increase(a[120s]) / (increase(b[120s]) > 0) > 0.05"],
])("%s", (expr, short) => {
  expect(scaledExpr(expr)).toBe(short);
});
