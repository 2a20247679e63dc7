import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { exporters } from "../dashboards/alerts/exporters.ts";
import { prometheusAt } from "../dashboards/check/prometheus.ts";
import { packages } from "../infra/packages.ts";
import { provide } from "../infra/process-provider/packages.ts";
import { k6 } from "../infra/toolchain/k6.ts";
import { ended } from "../test/support/postgres.ts";
import { freePort, until } from "../test/support/wait.ts";
import { figuresAt } from "./figures.ts";
import { load } from "./load.ts";

const folder = mkdtempSync(join(tmpdir(), "launchlab-figures-"));
const stops: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const stop of stops) await stop();
  rmSync(folder, { recursive: true });
});

/** A Prometheus that watches itself as the stack `dev`. */
async function startPrometheus(args: readonly string[]): Promise<string> {
  const { programs, env } = await provide(packages.prometheus);
  const port = await freePort();
  const config = join(folder, `${port}.json`);
  const targets = [{ targets: [`127.0.0.1:${port}`], labels: { stack: "dev" } }];
  const scraped = { job_name: "prometheus", scrape_interval: "1s", static_configs: targets };
  writeFileSync(config, JSON.stringify({ scrape_configs: [scraped] }));
  const child = spawn(
    programs["prometheus"] ?? "prometheus",
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, String(port))}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...args,
    ],
    { env: { ...process.env, ...env }, stdio: "ignore" },
  );
  stops.push(async () => {
    child.kill("SIGTERM");
    await ended(child);
  });
  const base = `http://127.0.0.1:${port}`;
  const client = prometheusAt(base);
  await until("it has read itself", async () => (await client.now("up")).length > 0, 30_000);
  return base;
}

/** Answers every other update with an error. */
async function startBot(): Promise<string> {
  let updates = 0;
  const server = createServer((request, response) => {
    request.resume();
    updates += 1;
    response.writeHead(updates % 2 === 0 ? 200 : 503).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.push(() => new Promise((resolve) => void server.close(() => resolve())));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : ""}/telegram`;
}

test("what a load measures stands in Prometheus under the name of the stack", async () => {
  const base = await startPrometheus(["--web.enable-remote-write-receiver"]);
  const figures = await figuresAt(base);
  expect(figures).toEqual({ prometheus: base, stack: "dev" });
  const start = Date.now() / 1000;
  const target = { webhook: await startBot(), secret: "known-Secret_4711" };
  await load({ profile: "smoke", target, k6: await k6(), folder, figures });

  const client = prometheusAt(base);
  const span = { start, end: Date.now() / 1000 };
  // What k6 counts only when it happens.
  const always = Object.entries<readonly string[]>(exporters.k6).filter(
    ([name]) => name !== "k6_dropped_iterations_total",
  );
  for (const [name, labels] of always) {
    const series = await client.over(`${name}{job="k6",stack="dev",profile="smoke"}`, span, 1);
    expect(series.length, name).toBeGreaterThan(0);
    const scenario = series.find((one) => one.labels["scenario"] !== "every");
    for (const label of labels) expect(scenario?.labels[label], `${name} ${label}`).toBeDefined();
  }
  const rates = await client.over("sum by (status) (rate(k6_http_reqs_total[60s]))", span, 1);
  expect(rates.map(({ labels }) => labels["status"]).sort()).toEqual(["200", "503"]);
  const [p95] = await client.over('max(k6_from_due_p95{kind="search"})', span, 1);
  expect(p95?.values.at(-1)).toBeLessThan(60);
});

test("a Prometheus that takes no figures is told from one that does", async () => {
  const base = await startPrometheus([]);
  await expect(figuresAt(base)).rejects.toThrow("takes no figures: set launchlab:remoteWrite to on");
  await expect(figuresAt("http://127.0.0.1:9")).rejects.toThrow("no Prometheus answers");
});
