import { expect, it } from "vitest";
import { nextRestart } from "./restarts.ts";

it("waits twice as long before each restart, 30 s at most, and gives up after the tenth", () => {
  const delays: number[] = [];
  let restarts = 0;
  for (;;) {
    const next = nextRestart(restarts, 1000);
    if (next === undefined) break;
    expect(next.number).toBe(restarts + 1);
    delays.push(next.delayMs);
    restarts = next.number;
  }
  expect(delays).toEqual([200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
});

it("begins anew after the program has run for a minute", () => {
  expect(nextRestart(10, 59_999)).toBeUndefined();
  expect(nextRestart(10, 60_000)).toEqual({ number: 1, delayMs: 200 });
});
