import { expect, test } from "vitest";
import { chosen, rateInterval, variablesOf } from "./choice.ts";
import type { Board } from "./catalogue.ts";
import { quantile, rate, ratio, select, sum } from "./promql.ts";

const board: Board = { key: "b", title: "B", description: "of a test", rows: [] };
const replicas: Board = { ...board, replicas: true };

test("every series is asked for by the stack", () => {
  const share = ratio(
    sum(["job"], rate(select("bot_updates_total", { outcome: "error" }), "5m")),
    sum(["job"], rate(select("bot_updates_total"), "5m")),
  );
  expect(chosen(share.text, board, { stack: "dev" })).toBe(
    'sum by (job) (rate(bot_updates_total{stack="dev",outcome="error"}[5m])) / ' +
      '(sum by (job) (rate(bot_updates_total{stack="dev"}[5m])) > 0)',
  );
});

test("a choice of replicas is about the bot's own series alone, where the board has one", () => {
  const choice = { stack: "$stack", replicas: "$replica" };
  const expr = "nodejs_eventloop_lag_p99_seconds + bot_db_pool_waiting + redis_up + up";
  expect(chosen(expr, replicas, choice)).toBe(
    'nodejs_eventloop_lag_p99_seconds{stack="$stack",instance=~"$replica"} + ' +
      'bot_db_pool_waiting{stack="$stack",instance=~"$replica"} + redis_up{stack="$stack"} + up{stack="$stack"}',
  );
  expect(chosen("bot_db_pool_waiting", board, choice)).toBe('bot_db_pool_waiting{stack="$stack"}');
});

test("a record that no longer tells replicas apart is not asked for them", () => {
  expect(chosen("bot:errors:rate", replicas, { stack: "dev", replicas: ".*" })).toBe(
    'bot:errors:rate{stack="dev"}',
  );
});

test("the step of a subquery is no series", () => {
  expect(chosen("max_over_time(bot:errors:rate[5m:15s])", board, { stack: "dev" })).toBe(
    'max_over_time(bot:errors:rate{stack="dev"}[5m:15s])',
  );
});

test("of a shared Prometheus only the namespace is asked", () => {
  expect(chosen("redis_up", board, { stack: "dev", namespace: "bots" })).toBe(
    'redis_up{namespace="bots",stack="dev"}',
  );
});

test("the cluster's own exporters are asked for the namespace: only ours say which stack it is", () => {
  expect(chosen("kube_pod_status_phase", board, { stack: "dev", namespace: "bots" })).toBe(
    'kube_pod_status_phase{namespace="bots"}',
  );
  expect(chosen("kube_pod_status_phase", board, { stack: "dev" })).toBe('kube_pod_status_phase{stack="dev"}');
});

test("Grafana's rate interval stays where no other is given", () => {
  const p95 = quantile(0.95, "bot_update_duration_seconds", ["job"], "$__rate_interval").text;
  expect(chosen(p95, board, { stack: "dev" })).toContain("[$__rate_interval]");
  expect(chosen(p95, board, { stack: "dev", rateInterval: rateInterval(15, 15) })).toContain("[60s]");
  expect(rateInterval(300, 15)).toBe("315s");
});

test("replicas are those of the chosen stack", () => {
  expect(variablesOf(board, { stack: "$stack" }).map(({ series }) => series)).toEqual(["up"]);
  expect(variablesOf(replicas, { stack: "$stack", namespace: "bots" }).map(({ series }) => series)).toEqual([
    'up{namespace="bots"}',
    'up{namespace="bots",stack="$stack",job="bot"}',
  ]);
});
