import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { capacity } from "../../infra/capacity.ts";
import { packages } from "../../infra/packages.ts";
import { provide } from "../../infra/process-provider/packages.ts";
import { alerts } from "../alerts/all.ts";
import { sloAlerts } from "../alerts/slo.ts";
import { seconds } from "../alerts/text.ts";
import type { Alert } from "../catalogue.ts";
import { burnLimit, burns } from "../slo.ts";
import { renderPrometheusConfig, renderRules, renderRuleTests, type RuleOptions } from "./prometheus.ts";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "launchlab-dashboards-"));
const rules = {
  stack: "dev",
  capacity: capacity(2000),
  runbookUrl: (alert: string) => `http://127.0.0.1/runbooks/${alert}.md`,
};
const names = alerts.map(({ name }) => name);
let promtool = "";

beforeAll(async () => {
  promtool = (await provide(packages.prometheus)).programs["promtool"] ?? "";
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

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
type RuleFile = z.infer<typeof ruleFile>;

/**
 * Runs promtool's cases on rules and gives what it complains about. Beside an alert only the recordings are worked out,
 * since each case works all of its file out hundreds of times.
 */
async function failures(
  name: string,
  text: string,
  tested: readonly Alert[],
  options: RuleOptions = rules,
): Promise<string> {
  const { groups } = ruleFile.parse(JSON.parse(text));
  const files = tested.map((alert) => {
    const some = groups.map((group) => ({
      ...group,
      rules: group.rules.filter((rule) => rule.alert === undefined || rule.alert === alert.name),
    }));
    const own = `${name}.${alert.name}`;
    write(`${own}.rules.json`, JSON.stringify({ groups: some }));
    return write(`${own}.cases.json`, renderRuleTests(`${own}.rules.json`, [alert], options));
  });
  try {
    // It spends half of its time on collecting garbage otherwise.
    await run(promtool, ["test", "rules", ...files], { env: { ...process.env, GOGC: "400" } });
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
}, 240_000);

const shared = { ...rules, namespace: "bots", stack: "production" };

test("rules for one of several namespaces fire for it alone, and say which it is", async () => {
  const text = renderRules(shared);
  await run(promtool, ["check", "rules", "--lint=all", "--lint-fatal", write("shared.json", text)]);
  expect(await failures("shared", text, alerts, shared)).toBe("");
  // Nothing can be known about a foreign namespace but that our series are missing.
  const measured = alerts.filter(({ expr }) => expr.text !== "vector(1)" && !expr.text.includes("absent"));
  const complaints = await failures("foreign", text, measured, { ...shared, namespace: "other" });
  const silent = names.filter((name) => complaints.includes(`alertname: ${name},`));
  expect(silent).toEqual(measured.map(({ name }) => name));
}, 240_000);

/** The rules with a mistake in each of them. */
function mutated(change: (rule: RuleFile["groups"][number]["rules"][number]) => void): string {
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
}, 240_000);

test("a time to hold that is twice as long is noticed for every alert that has one", async () => {
  const holding = alerts.filter((alert) => seconds(alert.for) > 0);
  const mutant = mutated((rule) => {
    const alert = holding.find(({ name }) => name === rule.alert);
    if (alert !== undefined) rule.for = `${2 * seconds(alert.for)}s`;
  });
  expect(await noticed("for", mutant, holding)).toEqual(holding.map(({ name }) => name));
}, 240_000);

/** Where the bracket that is open at `from` is closed; the end of the text where it is not. */
function endOf(text: string, from: number): number {
  let open = 0;
  for (let i = from; i < text.length; i += 1) {
    if (text[i] === "(") open += 1;
    if (text[i] === ")") open -= 1;
    if (open < 0) return i;
  }
  return text.length;
}

/** The expression without each of its guards: ` and on (labels) guard`, as far as the bracket around it or the next one. */
function withoutEachGuard(expr: string): string[] {
  return [...expr.matchAll(/ and on \([^)]*\) /g)].map(({ 0: start, index }) => {
    const guard = index + start.length;
    const end = endOf(expr, guard);
    const next = expr.indexOf(" and on (", guard);
    return expr.slice(0, index) + expr.slice(next === -1 || next > end ? end : next);
  });
}

test("each guard that got lost is noticed", async () => {
  const guards = new Map(alerts.map(({ name, expr }) => [name, withoutEachGuard(expr.text)]));
  const most = Math.max(...[...guards.values()].map(({ length }) => length));
  for (let lost = 0; lost < most; lost += 1) {
    const guarded = alerts.filter(({ name }) => guards.get(name)?.[lost] !== undefined);
    const mutant = mutated((rule) => {
      rule.expr = guards.get(rule.alert ?? "")?.[lost] ?? rule.expr;
    });
    const wanted = guarded.map(({ name }) => name);
    expect(await noticed(`guard-${lost}`, mutant, guarded)).toEqual(wanted);
  }
}, 240_000);

test("a speed of burning that is off by a factor of two is noticed for every pair of windows", async () => {
  for (const pair of [0, 1]) {
    const limits = (["errors", "slow"] as const).flatMap((objective) =>
      Object.values(burns).map((pairs) => burnLimit(objective, pairs[pair]?.factor ?? 0)),
    );
    const mutant = mutated((rule) => {
      for (const limit of limits) {
        if (sloAlerts.some(({ name }) => name === rule.alert))
          rule.expr = rule.expr
            .replaceAll(`> ${limit} `, `> ${2 * limit} `)
            .replaceAll(`> ${limit})`, `> ${2 * limit})`);
      }
    });
    expect(await noticed(`burn-${pair}`, mutant, sloAlerts)).toEqual(sloAlerts.map(({ name }) => name));
  }
}, 240_000);

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

test("rendering twice gives the same bytes", () => {
  const all = () => [renderRules(rules), renderRuleTests("r.json", alerts, rules)];
  expect(all()).toEqual(all());
});
