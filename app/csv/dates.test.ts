import { expect, test } from "vitest";
import { dateIn, orders } from "./dates.ts";

const iso = (time: number): string | undefined =>
  Number.isNaN(time) ? undefined : new Date(time).toISOString();

test.each([
  ["2026-05-31", "2026-05-31T00:00:00.000Z", undefined, undefined],
  ["2026/5/1", "2026-05-01T00:00:00.000Z", undefined, undefined],
  ["2026-05", "2026-05-01T00:00:00.000Z", undefined, undefined],
  ["2026-05-31T14:30:15.123Z", "2026-05-31T14:30:15.000Z", undefined, undefined],
  ["2026-05-31 14:30 +03:00", "2026-05-31T11:30:00.000Z", undefined, undefined],
  ["31.05.2026", undefined, "2026-05-31T00:00:00.000Z", undefined],
  ["05/31/2026", undefined, undefined, "2026-05-31T00:00:00.000Z"],
  ["01/02/2026", undefined, "2026-02-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z"],
  ["1-2-26", undefined, "2026-02-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z"],
  ["1.2.99, 9:05", undefined, "1999-02-01T09:05:00.000Z", "1999-01-02T09:05:00.000Z"],
  ["5/6/2026 12:15 AM", undefined, "2026-06-05T00:15:00.000Z", "2026-05-06T00:15:00.000Z"],
  ["5/6/2026 3:15 pm", undefined, "2026-06-05T15:15:00.000Z", "2026-05-06T15:15:00.000Z"],
  ["29.02.2024", undefined, "2024-02-29T00:00:00.000Z", undefined],
  // None of these is one.
  ["29.02.2026", undefined, undefined, undefined],
  ["2026-13-01", undefined, undefined, undefined],
  ["2026.05", undefined, undefined, undefined],
  ["31.05/2026", undefined, undefined, undefined],
  ["2026-05-31 25:00", undefined, undefined, undefined],
  ["12.5", undefined, undefined, undefined],
  ["2026", undefined, undefined, undefined],
])("%j is %s, %s or %s", (text, ...expected) => {
  expect(orders.map((order) => iso(dateIn(text, order)))).toEqual(expected);
});
