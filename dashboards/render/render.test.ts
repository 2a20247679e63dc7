import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { packages } from "../../infra/packages.ts";
import { provide } from "../../infra/process-provider/packages.ts";
import { alerts } from "../alerts/all.ts";
import type { Alert } from "../catalogue.ts";
import { renderAlertmanagerConfig } from "./alertmanager.ts";
import { renderPrometheusConfig, renderRules, renderRuleTests, type RuleOptions } from "./prometheus.ts";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "launchlab-dashboards-"));
const rules = {
  stack: "dev",
  runbookUrl: (alert: string) => `http://127.0.0.1/runbooks/${alert}.md`,
};
const names = alerts.map(({ name }) => name);
let promtool = "";
let amtool = "";

beforeAll(async () => {
  const [prometheus, alertmanager] = await Promise.all([
    provide(packages.prometheus),
    provide(packages.alertmanager),
  ]);
  promtool = prometheus.programs["promtool"] ?? "";
  amtool = alertmanager.programs["amtool"] ?? "";
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Runs promtool's cases on rules and gives what it complains about. */
async function failures(
  name: string,
  ruleFile: string,
  tested: readonly Alert[],
  options: RuleOptions = rules,
): Promise<string> {
  write(`${name}.rules.json`, ruleFile);
  const cases = write(`${name}.cases.json`, renderRuleTests(`${name}.rules.json`, tested, options));
  try {
    await run(promtool, ["test", "rules", cases]);
    return "";
  } catch (error) {
    return error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
  }
}

test("promtool accepts the rules without a remark", async () => {
  const file = write("rules.json", renderRules(rules));
  await run(promtool, ["check", "rules", "--lint=all", "--lint-fatal", file]);
});

test("every alert fires when it must, not one evaluation sooner, and is quiet otherwise", async () => {
  expect(await failures("all", renderRules(rules), alerts)).toBe("");
}, 60_000);

const shared = { ...rules, namespace: "bots", stack: "production" };

/** The same alerts, with samples from a Prometheus that names the namespace in every series. */
const alertsIn = (namespace: string): Alert[] => {
  const placed = <C extends { samples: Alert["quiet"][number]["samples"] }>(one: C): C => ({
    ...one,
    samples: Object.fromEntries(
      Object.entries(one.samples).map(([series, values]) => [
        series.replace("{", `{namespace="${namespace}",`),
        values,
      ]),
    ),
  });
  return alerts.map((alert) => ({
    ...alert,
    fires: alert.fires.map(placed),
    quiet: alert.quiet.map(placed),
  }));
};

test("rules for one of several namespaces fire for it alone, and say which it is", async () => {
  const text = renderRules(shared);
  await run(promtool, ["check", "rules", "--lint=all", "--lint-fatal", write("shared.json", text)]);
  expect(await failures("shared", text, alertsIn("bots"), shared)).toBe("");
  // Nothing can be known about a foreign namespace but that our series are missing.
  const measured = alertsIn("other").filter(
    ({ expr }) => /[{[]/.test(expr.text) && !expr.text.includes("absent"),
  );
  const complaints = await failures("foreign", text, measured, shared);
  const silent = names.filter((name) => complaints.includes(`alertname: ${name},`));
  expect(silent).toEqual(measured.map(({ name }) => name));
}, 60_000);

const ruleFile = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z.array(
        z.looseObject({ alert: z.string().optional(), expr: z.string(), for: z.string().optional() }),
      ),
    }),
  ),
});

/** The rules with a mistake in each of them. */
function mutated(
  change: (rule: { alert?: string | undefined; expr: string; for?: string | undefined }) => void,
): string {
  const file = ruleFile.parse(JSON.parse(renderRules(rules)));
  for (const group of file.groups) group.rules.filter(({ alert }) => alert !== undefined).forEach(change);
  return JSON.stringify(file);
}

/** The alerts of which promtool says that a case failed. */
async function noticed(name: string, mutant: string, tested: readonly Alert[]): Promise<string[]> {
  const complaints = await failures(name, mutant, tested);
  return names.filter((alert) => complaints.includes(`alertname: ${alert},`));
}

test("a threshold that is off by a factor of two is noticed for every alert that has one", async () => {
  const mutant = mutated((rule) => {
    const threshold = alerts.find(({ name }) => name === rule.alert)?.threshold;
    if (threshold === undefined) return;
    const { is, value } = threshold;
    const [right, wrong] =
      is === "above" ? [`> ${value}`, `> ${value * 2}`] : [`< ${value}`, `< ${value / 2}`];
    // A count of things that are up has no half.
    rule.expr = rule.expr.replace(right, value === 1 && is === "below" ? "< 0" : wrong);
  });
  const limited = alerts.filter(({ threshold }) => threshold !== undefined);
  expect(await noticed("threshold", mutant, limited)).toEqual(limited.map(({ name }) => name));
}, 60_000);

test("a guard against few events that got lost is noticed", async () => {
  const guarded = alerts.filter(({ expr }) => expr.text.includes(" and on ("));
  const mutant = mutated((rule) => {
    rule.expr = rule.expr.replace(/ and on \(.*$/, "");
  });
  expect(guarded.length).toBeGreaterThan(0);
  expect(await noticed("guard", mutant, guarded)).toEqual(guarded.map(({ name }) => name));
}, 60_000);

test("promtool accepts the configuration of Prometheus", async () => {
  const rulesPath = write("prometheus-rules.json", renderRules(rules));
  const config = renderPrometheusConfig({
    scrapeIntervalSeconds: 15,
    ruleFiles: [rulesPath],
    alertmanagers: ["127.0.0.1:9093"],
    jobs: [
      { job: "bot", targets: [{ address: "127.0.0.1:9101", labels: { role: "web", replica: "0" } }] },
      { job: "redis", targets: [{ address: "127.0.0.1:9121" }] },
    ],
    stack: "dev",
  });
  const { stdout } = await run(promtool, ["check", "config", write("prometheus.json", config)]);
  expect(stdout).toContain("SUCCESS");
});

const found = { scrapeIntervalSeconds: 15, ruleFiles: [], alertmanagers: [], stack: "dev" };

// Debian's promtool is built without discovery in Kubernetes, so it cannot be asked.
test("pods as targets have the same labels as other targets, and those of the pod", () => {
  const web = { namespace: "bots", selector: { "app.kubernetes.io/name": "web" }, port: "admin" };
  const jobs = [{ job: "bot", pods: [{ ...web, labels: { role: "web" } }] }];
  expect(JSON.parse(renderPrometheusConfig({ ...found, jobs }))).toMatchObject({
    scrape_configs: [
      {
        job_name: "bot/web",
        kubernetes_sd_configs: [
          {
            role: "pod",
            namespaces: { names: ["bots"] },
            selectors: [{ role: "pod", label: "app.kubernetes.io/name=web" }],
          },
        ],
        relabel_configs: [
          { source_labels: ["__meta_kubernetes_pod_container_port_name"], regex: "admin", action: "keep" },
          { source_labels: ["__meta_kubernetes_pod_phase"], regex: "Succeeded|Failed", action: "drop" },
          { source_labels: ["__meta_kubernetes_pod_name"], target_label: "instance" },
          { source_labels: ["__meta_kubernetes_namespace"], target_label: "namespace" },
          { replacement: "bot", target_label: "job" },
          { replacement: "web", target_label: "role" },
          { replacement: "dev", target_label: "stack" },
        ],
      },
    ],
  });
});

test("promtool accepts targets that are found by a name, and each gets its labels", async () => {
  const name = "web-admin.launchlab.svc.cluster.local";
  const jobs = [{ job: "bot", names: [{ name, port: 8081, labels: { role: "web" } }] }];
  const text = renderPrometheusConfig({ ...found, jobs });
  expect(JSON.parse(text)).toMatchObject({
    scrape_configs: [
      {
        job_name: "bot/web",
        dns_sd_configs: [{ names: [name], type: "A", port: 8081, refresh_interval: "15s" }],
        relabel_configs: [
          { target_label: "job", replacement: "bot" },
          { target_label: "role", replacement: "web" },
          { target_label: "stack", replacement: "dev" },
        ],
      },
    ],
  });
  const { stdout } = await run(promtool, ["check", "config", write("found.json", text)]);
  expect(stdout).toContain("SUCCESS");
});

test("amtool accepts the configuration of Alertmanager, with and without a webhook", async () => {
  for (const options of [{}, { webhookUrl: "http://127.0.0.1:9/alerts" }]) {
    const path = write("alertmanager.json", renderAlertmanagerConfig(options));
    const { stdout } = await run(amtool, ["check-config", path]);
    expect(stdout).toContain("SUCCESS");
  }
});

test.each(["critical", "warning", "none"])(
  "an alert of severity %s reaches the receiver of that name",
  async (severity) => {
    const path = write(
      `routes-${severity}.json`,
      renderAlertmanagerConfig({ webhookUrl: "http://127.0.0.1:9/" }),
    );
    const { stdout } = await run(amtool, [
      "config",
      "routes",
      "test",
      `--config.file=${path}`,
      `severity=${severity}`,
    ]);
    expect(stdout.trim()).toBe(severity);
  },
);

test("alerts of severity info are only shown", async () => {
  const path = write("routes.json", renderAlertmanagerConfig({}));
  const { stdout } = await run(amtool, [
    "config",
    "routes",
    "test",
    `--config.file=${path}`,
    "severity=info",
  ]);
  expect(stdout.trim()).toBe("shown-only");
});

test("rendering twice gives the same bytes", () => {
  const all = () => [
    renderRules(rules),
    renderRuleTests("r.json", alerts, rules),
    renderAlertmanagerConfig({}),
  ];
  expect(all()).toEqual(all());
});
