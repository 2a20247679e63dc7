import type { Threshold, Unit } from "../../catalogue.ts";

/** From 0, or below it where values are, to the greatest one; a limit from above stays in view. */
export function valueRange(low: number | null, high: number | null, threshold?: Threshold): [number, number] {
  const min = Math.min(0, low ?? 0);
  const max = Math.max(high ?? 0, threshold?.is === "above" ? threshold.value : 0);
  return max === min ? [min, min + 1] : [min, max + (max - min) * 0.06];
}

const decimal = Array.from({ length: 18 }, (_, i) => i - 6).flatMap((power) =>
  [1, 2, 5].map((digit) => digit * 10 ** power),
);
const binary = Array.from({ length: 50 }, (_, i) => 2 ** i);
const durations = [
  ...decimal.filter((one) => one < 10),
  ...[10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400],
  ...[2, 5, 7, 14, 30, 90, 180, 365].map((days) => days * 86_400),
];

/** Distances between two labels of an axis. */
export const ticks = (unit: Unit): number[] =>
  unit === "bytes" ? binary : unit === "seconds" ? durations : decimal;
