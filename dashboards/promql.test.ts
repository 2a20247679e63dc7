import { expect, test } from "vitest";
import { above, breach, given, increase, quantile, rate, ratio, select, sum, within } from "./promql.ts";

test("a ratio has no result while nothing happens", () => {
  const all = select("bot_updates_total");
  const errors = select("bot_updates_total", { outcome: ["error", "timeout"] });
  expect(ratio(sum(["job"], rate(errors, "5m")), sum(["job"], rate(all, "5m"))).text).toBe(
    'sum by (job) (rate(bot_updates_total{outcome=~"error|timeout"}[5m])) / ' +
      "(sum by (job) (rate(bot_updates_total[5m])) > 0)",
  );
});

test("a quantile keeps the bound of the buckets until the end", () => {
  const p95 = quantile(0.95, "bot_update_duration_seconds", ["job"], "5m");
  expect(p95.text).toBe(
    "histogram_quantile(0.95, sum by (job, le) (rate(bot_update_duration_seconds_bucket[5m])))",
  );
  expect(p95.labels).toEqual(["job"]);
});

test("a threshold gives the direction and the number", () => {
  const waiting = select("bot_db_pool_waiting");
  expect(breach(waiting, { unit: "count", is: "above", value: 3 }).text).toBe("bot_db_pool_waiting > 3");
  expect(breach(waiting, { unit: "count", is: "below", value: 3 }).text).toBe("bot_db_pool_waiting < 3");
});

test("a condition is matched by its own labels", () => {
  const events = above(sum(["job"], increase(select("bot_updates_total"), "5m")), 20);
  expect(given(above(sum(["job"], select("up")), 1), events).text).toContain(") and on (job) (");
});

test("a label that a metric does not have is refused", () => {
  expect(() => select("redis_up", { datname: "x" })).toThrow("redis_up has no label datname");
  expect(() => sum(["method"], select("bot_updates_total"))).toThrow("no label method");
});

test("vectors with different labels are not combined, because they would never match", () => {
  const byJob = sum(["job"], select("up"));
  expect(() => ratio(byJob, sum(["job", "instance"], select("up")))).toThrow("no label instance");
});

test("a histogram has no series of its own name", () => {
  expect(() => select("bot_update_duration_seconds")).toThrow("nothing exports bot_update_duration_seconds");
  // @ts-expect-error -- an unknown metric does not compile
  expect(() => select("bot_no_such_metric")).toThrow();
});

test("an expression about one namespace names it in every selector, and nowhere else", () => {
  const up = above(sum(["job"], select("up", { job: "up" })), 1);
  const events = above(sum(["job"], increase(select("bot_updates_total"), "5m")), 20);
  expect(within(given(up, events).text, "bots")).toBe(
    '(sum by (job) (up{namespace="bots",job="up"}) > 1) and on (job) ' +
      '(sum by (job) (increase(bot_updates_total{namespace="bots"}[5m])) > 20)',
  );
});
