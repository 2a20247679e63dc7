import { expect, test } from "vitest";
import { certain, inSequence, quantile, visit, waiting, waitingProbability } from "./queueing.ts";

test("the probability of waiting is that of Erlang's table", () => {
  // A. K. Erlang's formula in any table of traffic: 10 servers, 7 Erlang.
  expect(waitingProbability(10, 7)).toBeCloseTo(0.2217, 4);
  expect(waitingProbability(1, 0.3)).toBeCloseTo(0.3, 10);
  expect(waitingProbability(500, 400)).toBeLessThan(1e-5);
  expect(waitingProbability(2, 2)).toBe(1);
});

test("one server is as the textbook says: service over what is left of it", () => {
  const { mean, variance } = visit(1, 80, 0.01);
  expect(mean).toBeCloseTo(0.01 / (1 - 0.8), 10);
  // The time in such a queue is exponential, so its variance is the square of its mean.
  expect(variance).toBeCloseTo(mean ** 2, 10);
});

test("what has too little for its load takes for ever", () => {
  expect(waiting(2, 200, 0.01).mean).toBe(Infinity);
  expect(quantile(visit(1, 100, 0.01), 0.95)).toBe(Infinity);
});

test("quantiles are those of the exponential and the Erlang distribution, and of a time that does not vary", () => {
  const step = { mean: 1, variance: 1 };
  expect(quantile(step, 0.95)).toBeGreaterThan(-Math.log(0.05) * 0.98);
  expect(quantile(step, 0.95)).toBeLessThan(-Math.log(0.05) * 1.02);
  // Five exponential steps of 1: half of chi-squared with 10 degrees of freedom, 18.307 and 9.342.
  const five = inSequence(step, step, step, step, step);
  expect(quantile(five, 0.95)).toBeCloseTo(18.307 / 2, 1);
  expect(quantile(five, 0.5)).toBeCloseTo(9.342 / 2, 1);
  expect(quantile(certain(3), 0.99)).toBe(3);
});
