import { expect, test } from "vitest";
import { rangeOf, timesOf } from "./range.ts";

test("points lie on whole steps, as close as the chart has room for and no closer than the samples", () => {
  expect(rangeOf({ from: "1007", to: "1307", points: "300" })).toEqual({ from: 1005, to: 1305, step: 15 });
  expect(rangeOf({ from: 0, to: 86_400, points: 300 }).step).toBe(300);
  expect(rangeOf({ from: 0, to: 7 * 86_400, points: 500 }).step).toBe(1800);
});

test("all times of a range are asked for, both ends included", () => {
  expect(timesOf({ from: 30, to: 75, step: 15 })).toEqual([30, 45, 60, 75]);
});

test.each([
  ["the end before the beginning", { from: 100, to: 50 }, "from must be before to"],
  ["more than a month", { from: 0, to: 40 * 86_400 }, "at most 32 days"],
  ["more points than a screen has", { from: 0, to: 60, points: 100_000 }, "2000"],
  ["no times", {}, "number"],
])("%s is refused", (_, query, message) => {
  expect(() => rangeOf(query)).toThrow(message);
});
