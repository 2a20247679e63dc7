import fc from "fast-check";
import { expect, test } from "vitest";
import { BUSY, capacity } from "../capacity.ts";
import { limits, plan } from "./plan.ts";
import { measured } from "./service-times.ts";

const users = fc.integer({ min: 1, max: 5_000_000 });

test("no part of a plan is busier than it may be at the peak, however many users there are", () => {
  fc.assert(
    fc.property(users, (count) => {
      const { use, latency } = plan(count, measured).prediction;
      for (const part of Object.values(use)) expect(part).toBeLessThanOrEqual(BUSY + 0.01);
      expect(latency.p95).toBeLessThan(0.1);
    }),
  );
});

test("what is exceeded and what comes next are all limits in order, none left out up to there", () => {
  fc.assert(
    fc.property(users, (count) => {
      const { exceeded, next } = plan(count, measured);
      const all = limits(measured);
      expect([...exceeded, ...(next === undefined ? [] : [next])]).toEqual(
        all.slice(0, exceeded.length + (next === undefined ? 0 : 1)),
      );
      for (const limit of exceeded) expect(limit.users).toBeLessThan(count);
      if (next !== undefined) expect(next.users).toBeGreaterThanOrEqual(count);
    }),
  );
});

test("what a stack can be set to is what the plan says", () => {
  const { webReplicas, maxConnections } = capacity(3000);
  const sizes = new Map(plan(3000, measured).sizes.map(({ what, size }) => [what, size]));
  expect(sizes.get("web replicas")).toMatch(new RegExp(`^${webReplicas} to `));
  expect(sizes.get("max_connections")).toBe(String(maxConnections));
});

test("two million users need several stacks, and the plan says from which number on", () => {
  const { shards, exceeded, demand } = plan(2_000_000, measured);
  expect(demand.users).toBe(2_000_000);
  expect(shards).toBeGreaterThan(1);
  expect(exceeded.at(-1)?.then).toMatch(/shards/);
  expect(plan(100_000, measured).shards).toBe(1);
});

test("slower parts make their limit come sooner, and no other one later", () => {
  const at = (times: typeof measured) => new Map(limits(times).map(({ what, users: n }) => [what, n]));
  const [usual, slow] = [at(measured), at({ ...measured, redis: measured.redis * 2 })];
  const what = "one Redis, which works on one core";
  expect(slow.get(what)).toBeLessThan((usual.get(what) ?? 0) * 0.6);
});
