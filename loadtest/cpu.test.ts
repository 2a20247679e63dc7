import { expect, test } from "vitest";
import { cpuUse, processorSeconds, sample } from "./cpu.ts";

test("processor time is read after a name with blanks and brackets", () => {
  const stat = "42 (k6 (x) y) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 8 0 100 1 1";
  expect(processorSeconds(stat)).toBe(3);
});

test("a peak is the busiest five seconds, the mean that of the whole run", () => {
  // Idle for 5 s, then one core and a half for 5 s, then idle for 10 s.
  const at = Array.from({ length: 21 }, (_, i) => i);
  const samples = at.map((i) => ({
    at: i,
    generator: Math.min(5, Math.max(0, i - 5)) * 1.5,
    machine: i * 2,
  }));
  const use = cpuUse(samples, 2);
  expect(use.generator?.peak).toBeCloseTo(1.5);
  expect(use.generator?.mean).toBeCloseTo(7.5 / 20);
  expect(use.machine).toEqual({ mean: 2, peak: 2 });
});

test("a system that does not tell a process's time gives no figure rather than a wrong one", () => {
  const samples = [0, 1].map((at) => ({ at, generator: undefined, machine: at }));
  expect(cpuUse(samples, 2).generator).toBeUndefined();
});

test.runIf(process.platform === "linux")("the time of this very process grows", () => {
  const before = sample(process.pid);
  while ((sample(process.pid).generator ?? 0) <= (before.generator ?? 0));
  expect(before.generator).toBeGreaterThan(0);
});
