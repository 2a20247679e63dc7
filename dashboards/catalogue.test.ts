import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { metricList, type MetricDescription } from "../app/metrics.ts";
import { capacity } from "../infra/capacity.ts";
import { alerts } from "./alerts/all.ts";
import { exporters } from "./alerts/exporters.ts";
import { seconds } from "./alerts/text.ts";
import { annotations } from "./annotations.ts";
import { boards } from "./boards/all.ts";
import { seriesLabels } from "./promql.ts";
import { recordings } from "./recordings/all.ts";
import { capacityRecordings } from "./recordings/capacity.ts";

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
    text.match(
      /\b(?:bot|nodejs|process|redis|nginx|gateway)_[a-z_]+(?:total|seconds|bytes|bucket|count)\b/g,
    ) ?? [];
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

const shown = boards.flatMap((board) =>
  board.rows.flatMap((row) => row.panels.flatMap((panel) => panel.queries.map(({ expr }) => expr.text))),
);
const asked = [...alerts.map(({ expr }) => expr.text), ...shown];
/** Reads what is kept, or is read for what is kept that somebody reads. */
const reads = (texts: readonly string[]) => (name: string) => {
  const word = new RegExp(`(?<![\\w:])${name}(?![\\w:])`);
  return texts.some((text) => word.test(text));
};

test("every recording has a reader", () => {
  const all = [...capacityRecordings(capacity(2000)), ...recordings];
  const read = reads([...asked, ...all.map(({ expr }) => expr.text)]);
  expect(all.map(({ name }) => name).filter((name) => !read(name))).toEqual([]);
});

// With the test above, what a recording reads is read. Autoscalers follow some of these as well.
test("every metric of the bot has a reader", () => {
  const read = reads(
    [...asked, ...annotations, ...recordings].map((one) => (typeof one === "string" ? one : one.expr.text)),
  );
  const series = ({ name, type }: MetricDescription) =>
    type === "histogram" ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name];
  const unread = metricList.filter((metric) => !series(metric).some(read));
  expect(unread.map(({ name }) => name)).toEqual([]);
});

test("every series of an exporter that is listed has a reader", () => {
  const read = reads(asked);
  for (const group of Object.values(exporters))
    for (const series of Object.keys(group)) if (series !== "ALERTS") expect(read(series), series).toBe(true);
});

test("what is read of recordings is one", () => {
  const kept = new Set(
    [...capacityRecordings(capacity(2000)), ...recordings].map(({ name }) => name as string),
  );
  const texts = [...asked, ...recordings.map(({ expr }) => expr.text)].map((text) =>
    text.replace(/"[^"]*"/g, ""),
  );
  for (const text of texts)
    for (const [name] of text.matchAll(/\b[a-z]\w*:[\w:]+/g)) expect(kept.has(name), name).toBe(true);
});
