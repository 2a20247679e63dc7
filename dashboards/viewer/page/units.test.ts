import { expect, test } from "vitest";
import type { Unit } from "../../catalogue.ts";
import { format } from "./units.ts";

test.each<[number, Unit, string]>([
  [0, "ratio", "0 %"],
  [0.1234, "ratio", "12.3 %"],
  [0.0004, "ratio", "0.04 %"],
  [1, "ratio", "100 %"],
  [0, "seconds", "0 s"],
  [0.000_25, "seconds", "250 µs"],
  [0.0235, "seconds", "23.5 ms"],
  [1.5, "seconds", "1.5 s"],
  [90, "seconds", "90 s"],
  [300, "seconds", "5 min"],
  [26 * 3600, "seconds", "26 h"],
  [15 * 86_400, "seconds", "15 d"],
  [0, "count", "0"],
  [1.25, "count", "1.25"],
  [100, "count", "100"],
  [12_345, "count", "12.3 K"],
  [2_000_000, "count", "2 M"],
  [-1500, "count", "-1.5 K"],
  [0.0667, "per second", "0.067/s"],
  [1500, "per second", "1.5 K/s"],
  [1024, "bytes", "1 KiB"],
  [3 * 1024 ** 3, "bytes", "3 GiB"],
  [512, "bytes", "512 B"],
])("%d as %s is %s", (value, unit, text) => {
  expect(format(value, unit)).toBe(text);
});
