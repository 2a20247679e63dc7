import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { capacity } from "../../infra/capacity.ts";
import { packages } from "../../infra/packages.ts";
import { provide } from "../../infra/process-provider/packages.ts";
import { alerts } from "../alerts/all.ts";
import { boards } from "../boards/all.ts";
import { EXAMPLE_RECEIVER, renderHandout } from "./handout.ts";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "launchlab-handout-"));
afterAll(() => rmSync(folder, { recursive: true }));

const options = {
  stack: "production",
  capacity: capacity(2000),
  runbookUrl: (alert: string) => `https://wiki.example.org/${alert}`,
};
const inOneOfMany = { ...options, namespace: "bots" };
const textOf = (path: string, given: Parameters<typeof renderHandout>[0] = options): string =>
  renderHandout(given).find((file) => file.path === path)?.content ?? "";

function write(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

test("there are all boards, rules and runbooks, the same bytes each time", () => {
  const files = renderHandout(options);
  expect(files).toEqual(renderHandout(options));
  expect(files.map(({ path }) => path)).toEqual([
    ...boards.map(({ key }) => `grafana/${key}.json`),
    "prometheus/rules.yml",
    "prometheus/prometheusrule.yaml",
    "alertmanager/alertmanager.yml",
    ...alerts.map(({ name }) => `runbooks/${name}.md`),
  ]);
});

test("boards ask for a data source, since ours is not there", () => {
  for (const given of [options, inOneOfMany])
    for (const { path, content } of renderHandout(given).filter((file) => file.path.startsWith("grafana/"))) {
      expect(content, path).toContain('"uid": "${datasource}"');
      expect(content, path).not.toContain("launchlab-prometheus");
    }
});

const ruleObject = z.object({ kind: z.literal("PrometheusRule"), metadata: z.unknown(), spec: z.unknown() });

test("promtool accepts the rules, which are the same in the object of the operator", async () => {
  const { programs } = await provide(packages.prometheus);
  for (const given of [options, inOneOfMany]) {
    const rules = textOf("prometheus/rules.yml", given);
    const object = ruleObject.parse(parse(textOf("prometheus/prometheusrule.yaml", given)));
    expect(object.spec).toEqual(parse(rules));
    for (const text of [rules, stringify(object.spec)])
      await run(programs["promtool"] ?? "", [
        "check",
        "rules",
        "--lint=all",
        "--lint-fatal",
        write("rules.yml", text),
      ]);
  }
  expect(parse(textOf("prometheus/prometheusrule.yaml", inOneOfMany))).toMatchObject({
    metadata: { name: "launchlab", namespace: "bots" },
  });
});

test("amtool accepts the example for Alertmanager, in which a receiver is to be replaced", async () => {
  const { programs } = await provide(packages.alertmanager);
  const text = textOf("alertmanager/alertmanager.yml");
  expect(text).toContain(EXAMPLE_RECEIVER);
  const { stdout } = await run(programs["amtool"] ?? "", ["check-config", write("alertmanager.yml", text)]);
  expect(stdout).toContain("SUCCESS");
});

test("what needs a scrape job that is missing is left out", () => {
  const paths = renderHandout({ ...options, jobs: [] }).map(({ path }) => path);
  for (const { name, needs } of alerts)
    expect(paths.includes(`runbooks/${name}.md`)).toBe(needs === undefined);
});

test("the command writes the files, and says what is wrong with its arguments", () => {
  const call = (...args: string[]) =>
    execFileSync(process.execPath, [join(import.meta.dirname, "main.ts"), ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  const out = join(folder, "out");
  expect(
    call("--out", out, "--stack", "production", "--runbook-url", "https://wiki.example.org/{alert}"),
  ).toContain("files are in");
  expect(readFileSync(join(out, "prometheus/rules.yml"), "utf8")).toBe(textOf("prometheus/rules.yml"));
  expect(() => call()).toThrow("usage: npm run dashboards:render");
  expect(() => call("--out", out, "--runbook-url", "https://wiki.example.org")).toThrow("lacks {alert}");
});
