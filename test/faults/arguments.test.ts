import { expect, it } from "vitest";
import { readArguments } from "./arguments.ts";
import { fast, rows } from "./rows/all.ts";

it("runs what it is asked for, with a seed of its own", () => {
  const all = readArguments(["all"]);
  expect(all.names).toEqual(expect.arrayContaining([...Object.keys(rows), "control", "rolling-deploy"]));
  expect(all).toMatchObject({ pace: "full", rate: 200, stack: undefined });
  expect(all.seed).toBeGreaterThanOrEqual(1);
  expect(readArguments(["redis-killed", "control", "--seed", "7", "--rate", "50", "--quick"])).toEqual({
    names: ["redis-killed", "control"],
    pace: "quick",
    seed: 7,
    rate: 50,
    stack: undefined,
  });
});

it("runs the fast rows quickly, and the control with them", () => {
  expect(readArguments(["fast", "--stack", "dev"])).toMatchObject({
    names: [...fast, "control"],
    pace: "quick",
    stack: "dev",
  });
  expect(fast.filter((name) => !(name in rows))).toEqual([]);
});

it.each([
  [[], /^npm run faults/],
  [["no-such"], /^there is no row no-such\n/],
  [["all", "--seed", "x"], /^--seed must be a whole number from 1 to/],
  [["all", "--rate", "0"], /^--rate must be a whole number/],
  [["rolling-deploy", "--stack", "dev"], /^rolling-deploy would change dev: leave out --stack/],
])("says what is wrong with %j", (argv, error) => {
  expect(() => readArguments(argv)).toThrow(error);
});
