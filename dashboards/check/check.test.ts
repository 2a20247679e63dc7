import { expect, test } from "vitest";
import { boards } from "../boards/all.ts";
import type { Panel } from "../catalogue.ts";
import { check, judge } from "./check.ts";
import { counts, markdown, panelLines } from "./matrix.ts";
import type { Prometheus } from "./prometheus.ts";

const panel: Panel = {
  key: "p",
  title: "P",
  description: "of a test",
  kind: "timeseries",
  unit: "count",
  queries: [],
  width: 8,
  height: 8,
  noValue: "none",
};
const query = { legend: "{{kind}}" };
const series = (...values: number[]) => ({ labels: { kind: "start" }, values });

test("a panel has to have something to show", () => {
  expect(judge(panel, query, [series(1, Number.NaN)]).outcome).toBe("ok");
  expect(judge(panel, query, [])).toEqual({ outcome: "failed", detail: "no series" });
  expect(judge(panel, query, [series(Number.NaN)])).toEqual({
    outcome: "failed",
    detail: "1 series, of NaN alone",
  });
});

test("a panel may be empty where it says when", () => {
  expect(judge({ ...panel, emptyWhen: "nobody asked" }, query, [])).toEqual({
    outcome: "declared",
    detail: "no series: nobody asked",
  });
});

test("a legend needs its labels, and a state its name", () => {
  expect(judge(panel, { legend: "{{role}}" }, [series(1)])).toMatchObject({
    detail: "a series has no label role",
  });
  const states = [{ value: 1, text: "up", is: "good" as const }];
  expect(judge({ ...panel, states }, query, [series(1)]).outcome).toBe("ok");
  expect(judge({ ...panel, states }, query, [series(1, 3)])).toMatchObject({
    detail: "3 is none of the states that have a name",
  });
});

const rule = {
  name: "BotDown",
  health: "ok",
  annotations: { runbook_url: "http://127.0.0.1:9402/consoles/BotDown.html" },
};
/** A Prometheus in which everything is there and well. */
const whole: Prometheus = {
  now: () => Promise.resolve([series(1)]),
  over: () => Promise.resolve([series(1)]),
  labelValues: () => Promise.resolve(["bot"]),
  serves: () => Promise.resolve(true),
  rules: () => Promise.resolve([rule]),
};

test("every panel, variable and annotation is asked for, and every rule", async () => {
  const results = await check(whole, "dev");
  const shown = boards.filter(({ needs }) => needs === undefined);
  for (const { key, rows } of shown) {
    const checked = results.filter(({ board }) => board === key);
    const titles = new Set(checked.map(({ what }) => what));
    for (const { title, queries } of rows.flatMap(({ panels }) => panels))
      if (queries.length > 0) expect(titles).toContain(title);
    for (const title of ["Stack", "Firing alerts", "Deployments"]) expect(titles).toContain(title);
  }
  expect(results.at(-1)).toMatchObject({ board: "rules", what: "BotDown", outcome: "ok" });
});

test("errors, empty lists and rules that are ill fail, and the matrix says so", async () => {
  const results = await check(
    {
      ...whole,
      over: () => Promise.reject(new Error("parse error")),
      rules: () => Promise.resolve([{ ...rule, health: "err", lastError: "no such label" }]),
    },
    "dev",
  );
  const failed = results.filter(({ outcome }) => outcome === "failed");
  const details = failed.map(({ detail }) => detail);
  expect(details).toEqual(expect.arrayContaining(["parse error", "err no such label"]));
  expect(panelLines(results).at(-1)).toMatch(/^✗ rules +BotDown +err no such label$/);
  const table = markdown(results, "Boards");
  expect(table).toContain(counts(results));
  expect(table.split("\n").filter((line) => line.startsWith("| ✗ |"))).toHaveLength(failed.length);
});

test("a runbook that Prometheus should serve and does not is a broken link", async () => {
  const results = await check({ ...whole, serves: () => Promise.resolve(false) }, "dev");
  expect(results.at(-1)).toMatchObject({
    outcome: "failed",
    detail: "there is no runbook at http://127.0.0.1:9402/consoles/BotDown.html",
  });
  const elsewhere = { ...rule, annotations: { runbook_url: "https://wiki.example.org/BotDown" } };
  const rules = () => Promise.resolve([elsewhere]);
  expect(
    (await check({ ...whole, rules, serves: () => Promise.resolve(false) }, "dev")).at(-1),
  ).toMatchObject({
    outcome: "ok",
  });
});

test("a stack that nobody watches is said to be so", async () => {
  const empty = { ...whole, labelValues: () => Promise.resolve([]) };
  await expect(check(empty, "nope")).rejects.toThrow("has no targets of the stack nope");
});
