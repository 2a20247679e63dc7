import { describe, expect, test } from "vitest";
import { predict, type Servers } from "./model.ts";
import { measured } from "./service-times.ts";
import { simulate } from "./simulation.ts";

const servers: Servers = { webReplicas: 4, poolSize: 10, postgresCores: 2, redisServers: 1 };
const run = { updates: 60_000, seed: 7 };
/** Updates per second at which web replicas are so busy. */
const rateAt = (busy: number, { webReplicas }: Servers = servers): number =>
  (busy * webReplicas) / measured.web;

describe("the formula and the simulation", () => {
  test.each([0.1, 0.3, 0.5, 0.6, 0.7])("agree on p95 while replicas are %s busy", (busy) => {
    const formula = predict(rateAt(busy), servers, measured).latency.p95;
    const simulated = simulate(rateAt(busy), servers, measured, run).p95;
    // nginx goes round the replicas, which evens out what comes; the formula does not know.
    expect(formula / simulated).toBeGreaterThan(0.9);
    expect(formula / simulated).toBeLessThan(1.3);
  });

  test("agree when it is Postgres that is busy", () => {
    const small = { ...servers, postgresCores: 1 };
    const rate = 0.7 / measured.postgres;
    const formula = predict(rate, { ...small, webReplicas: 8 }, measured).latency.p95;
    const simulated = simulate(rate, { ...small, webReplicas: 8 }, measured, run).p95;
    // Who has waited for the first round trip waits for the next one as well; to the formula they are independent.
    expect(formula / simulated).toBeGreaterThan(0.7);
    expect(formula / simulated).toBeLessThan(1.1);
  });

  test("agree that a slow disk holds connections, and how many", () => {
    const slow = { ...measured, flush: 0.02 };
    const { use } = predict(rateAt(0.4), servers, slow);
    expect(use.pool).toBeGreaterThan(0.25);
    const formula = predict(rateAt(0.4), servers, slow).latency.p95;
    const simulated = simulate(rateAt(0.4), servers, slow, run).p95;
    expect(formula / simulated).toBeGreaterThan(0.9);
    expect(formula / simulated).toBeLessThan(1.2);
  });
});

test("too few connections make updates wait, in the formula and in the simulation", () => {
  const few = { ...servers, poolSize: 3 };
  const slow = { ...measured, flush: 0.008 };
  for (const latency of [
    (s: Servers) => predict(rateAt(0.6), s, slow).latency.p95,
    (s: Servers) => simulate(rateAt(0.6), s, slow, run).p95,
  ]) {
    expect(latency(few)).toBeGreaterThan(1.3 * latency(servers));
  }
});

test("a load that no replica can carry takes for ever, and the simulation's queue grows with its length", () => {
  expect(predict(rateAt(1.1), servers, measured).latency.p95).toBe(Infinity);
  const longer = simulate(rateAt(1.1), servers, measured, { ...run, updates: 120_000 }).p95;
  expect(longer).toBeGreaterThan(1.5 * simulate(rateAt(1.1), servers, measured, run).p95);
});

test("the same seed gives the same figures", () => {
  expect(simulate(500, servers, measured, run)).toEqual(simulate(500, servers, measured, run));
});
