import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { alerts } from "./alerts/all.ts";
import { exporters } from "./alerts/exporters.ts";
import { seconds } from "./alerts/text.ts";
import { boards } from "./boards/all.ts";
import { seriesLabels } from "./promql.ts";

const names = alerts.map(({ name }) => name);
const runbooks = join(import.meta.dirname, "runbooks");

test("an alert's name is used once", () => {
  expect(names).toEqual([...new Set(names)]);
});

test("every alert has a runbook, and every runbook an alert", () => {
  expect(readdirSync(runbooks).sort()).toEqual(names.map((name) => `${name}.md`).sort());
});

test.each(names)("the runbook of %s says impact, diagnosis, mitigation and when it is over", (name) => {
  const text = readFileSync(join(runbooks, `${name}.md`), "utf8");
  const headings = text.split("\n").filter((line) => line.startsWith("#"));
  expect(headings).toEqual([`# ${name}`, "## Impact", "## Diagnosis", "## Mitigation", "## Over when"]);
  for (const section of text.split(/^#+ .*$/m).slice(2)) expect(section.trim()).not.toBe("");
});

test.each(names)("metrics named in the runbook of %s exist", (name) => {
  const text = readFileSync(join(runbooks, `${name}.md`), "utf8");
  const metrics =
    text.match(/\b(?:bot|nodejs|process|redis|nginx)_[a-z_]+(?:total|seconds|bytes|bucket|count)\b/g) ?? [];
  const gauges = text.match(/\bbot_[a-z_]+\b/g) ?? [];
  for (const metric of [...metrics, ...gauges]) {
    expect(seriesLabels.has(metric) || seriesLabels.has(`${metric}_count`), metric).toBe(true);
  }
});

test.each(alerts)("$name has a firing case and, unless it fires always, quiet ones", (alert) => {
  expect(alert.fires.length).toBeGreaterThan(0);
  expect(alert.quiet.length > 0).toBe(alert.severity !== "none");
});

test.each(alerts)("$name points to a panel that shows its measure and its threshold", (alert) => {
  if (alert.panel === undefined) {
    expect(alert.threshold).toBeUndefined();
    return;
  }
  const { board, key } = alert.panel;
  const panel = boards
    .find((b) => b.key === board)
    ?.rows.flatMap((row) => row.panels)
    .find((p) => p.key === key);
  expect(panel?.threshold).toEqual(alert.threshold);
  expect(panel?.queries.some(({ expr }) => alert.expr.text.includes(expr.text))).toBe(true);
});

test("alerts silence only alerts that exist", () => {
  for (const { inhibits = [] } of alerts) expect(names).toEqual(expect.arrayContaining([...inhibits]));
});

test("labels hold no templates, and times are whole evaluations", () => {
  for (const alert of alerts) {
    expect(seconds(alert.for) % 15).toBe(0);
    for (const fired of alert.fires) expect(seconds(fired.from) % 15).toBe(0);
  }
});

test("every series of an exporter that is listed has a reader", () => {
  const queries = boards.flatMap((board) =>
    board.rows.flatMap((row) => row.panels.flatMap((panel) => panel.queries)),
  );
  const read = [...alerts.map(({ expr }) => expr.text), ...queries.map(({ expr }) => expr.text)].join("\n");
  for (const group of Object.values(exporters)) {
    for (const series of Object.keys(group)) {
      if (series !== "ALERTS") expect(read).toMatch(new RegExp(`\\b${series}\\b`));
    }
  }
});
