import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import { renderAlertmanagerConfig } from "../../dashboards/render/alertmanager.ts";
import { renderRules } from "../../dashboards/render/prometheus.ts";
import { renderRunbooks } from "../../dashboards/render/runbooks.ts";
import { capacity } from "../../infra/capacity.ts";
import { packages } from "../../infra/packages.ts";
import { provide } from "../../infra/process-provider/packages.ts";
import { checkout } from "../../infra/toolchain/folders.ts";
import { freePort, until } from "../support/wait.ts";
import { startFake, type Fake } from "./fake.ts";
import { startInbox, type Inbox } from "./inbox.ts";
import { runProgram } from "./program.ts";
import { scaledRules } from "./scale.ts";
import type { Stack } from "./stack.ts";

/** Prometheus, Alertmanager and alert relay in which time passes faster, about a stack that has its own as well. */
export interface Monitor {
  readonly fake: Fake;
  readonly inbox: Inbox;
  /** States of the alerts that are pending or firing now. */
  active(): Promise<ActiveAlert[]>;
  /** Breaks the file that Prometheus reads, or mends it, and lets it read. */
  breakConfig(broken: boolean): void;
  close(): Promise<void>;
}

const activeAlert = z.object({
  state: z.enum(["pending", "firing"]),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
});
export type ActiveAlert = z.infer<typeof activeAlert>;
const activeAlerts = z.object({ data: z.object({ alerts: z.array(activeAlert) }) });

const targets = z.object({
  data: z.object({ activeTargets: z.array(z.object({ health: z.string() })).min(1) }),
});

const prometheusFile = z.looseObject({
  global: z.looseObject({}),
  scrape_configs: z.array(
    z.looseObject({
      job_name: z.string(),
      static_configs: z.array(z.looseObject({ targets: z.array(z.string()) })).default([]),
    }),
  ),
});
const alertmanagerFile = z.looseObject({
  route: z.looseObject({ routes: z.array(z.looseObject({})) }),
});

/** Numbers of the stack's default size. */
const CAPACITY = capacity(2000);
const STACK = "dev";

async function ready(what: string, url: string, check: () => void): Promise<void> {
  await until(
    `${what} is ready`,
    async () => {
      check();
      return (await fetch(url)).ok;
    },
    120_000,
  );
}

export async function startMonitor(stack: Stack): Promise<Monitor> {
  const folder = mkdtempSync(join(tmpdir(), "launchlab-alerts-"));
  const write = (name: string, content: string): string => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  const [prometheus, alertmanager, fake, inbox, prometheusPort, alertmanagerPort, relayPort] =
    await Promise.all([
      provide(packages.prometheus),
      provide(packages.alertmanager),
      startFake(),
      startInbox(),
      freePort(),
      freePort(),
      freePort(),
    ]);
  const prometheusUrl = `http://127.0.0.1:${prometheusPort}`;
  const relayUrl = `http://127.0.0.1:${relayPort}`;

  const own: Record<string, string> = {
    prometheus: `127.0.0.1:${prometheusPort}`,
    alertmanager: `127.0.0.1:${alertmanagerPort}`,
  };
  const { global, scrape_configs, ...rest } = prometheusFile.parse(JSON.parse(stack.prometheusConfig));
  const scraped = scrape_configs.map(({ job_name, static_configs, ...more }) => {
    const address = own[job_name];
    const moved = static_configs.map((one) => (address === undefined ? one : { ...one, targets: [address] }));
    // Its exporter tries for three seconds to connect before it says that the server is away.
    const times = job_name === "postgres" ? { scrape_interval: "5s", scrape_timeout: "5s" } : {};
    return { job_name, ...more, ...times, static_configs: moved };
  });
  const shown = {
    job_name: "fake",
    honor_labels: true,
    static_configs: [{ targets: [fake.address], labels: { stack: STACK } }],
  };
  const runbookUrl = (alert: string): string => `${prometheusUrl}/consoles/${alert}.html`;
  const rules = scaledRules(renderRules({ runbookUrl, stack: STACK, capacity: CAPACITY }));
  const config = JSON.stringify({
    ...rest,
    global: { ...global, scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
    rule_files: [write("rules.json", rules)],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [own["alertmanager"]] }] }] },
    scrape_configs: [...scraped, shown],
  });
  // The rules are those of all stacks, and the one about clusters would miss the standbys of our single server.
  const server = scraped.find(({ job_name }) => job_name === "postgres")?.static_configs[0]?.targets[0] ?? "";
  for (const standby of ["one", "two"])
    fake.show({
      [`postgres_standby_lag_seconds{job="postgres",instance="${server}",standby="${standby}"}`]: 0,
    });
  const configPath = write("prometheus.json", config);
  for (const { path, content } of renderRunbooks({})) write(`runbooks/${path}`, content);

  const told = { alerts: [`${relayUrl}/telegram`, `${relayUrl}/webhook`], watchdog: `${relayUrl}/watchdog` };
  const { route, ...others } = alertmanagerFile.parse(JSON.parse(renderAlertmanagerConfig(told)));
  const soon = { group_wait: "1s", group_interval: "1s" };
  const routes = route.routes.map((one) => ({ ...one, ...soon }));
  const alertmanagerPath = write(
    "alertmanager.json",
    JSON.stringify({ ...others, route: { ...route, ...soon, routes } }),
  );

  const log = (name: string): string => join(folder, `${name}.log`);
  const programs = {
    alertmanager: runProgram(
      [
        alertmanager.programs["alertmanager"] ?? "",
        `--config.file=${alertmanagerPath}`,
        `--storage.path=${join(folder, "alertmanager")}`,
        `--web.listen-address=127.0.0.1:${alertmanagerPort}`,
        "--cluster.listen-address=",
      ],
      log("alertmanager"),
      alertmanager,
    ),
    prometheus: runProgram(
      [
        prometheus.programs["prometheus"] ?? "",
        `--config.file=${configPath}`,
        `--storage.tsdb.path=${join(folder, "prometheus")}`,
        "--rules.alert.resend-delay=1s",
        `--web.listen-address=127.0.0.1:${prometheusPort}`,
        `--web.console.templates=${join(folder, "runbooks")}`,
      ],
      log("prometheus"),
      prometheus,
    ),
    relay: runProgram([process.execPath, join(checkout, "app/alerts/main.ts")], log("relay"), {
      env: {
        HTTP_PORT: String(relayPort),
        TELEGRAM_API_URL: stack.simulator,
        ALERT_CHAT: stack.alertChat,
        ALERT_TOKEN_FILE: stack.tokenFile,
        ALERT_WEBHOOK_FILE: write("webhook", `${inbox.url}/webhook`),
        WATCHDOG_URL_FILE: write("watchdog", `${inbox.url}/watchdog`),
      },
    }),
  };
  const json = async (path: string): Promise<unknown> =>
    (await fetch(`${prometheusUrl}/api/v1/${path}`)).json();
  const close = async (): Promise<void> => {
    await Promise.all(Object.values(programs).map((one) => one.stop()));
    fake.close();
    inbox.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await ready("Prometheus", `${prometheusUrl}/-/ready`, () => programs.prometheus.check());
    await ready("Alertmanager", `http://${own["alertmanager"]}/-/ready`, () => programs.alertmanager.check());
    // A replica that was never read is missing for an alert.
    await until(
      "every target was read",
      async () =>
        targets.parse(await json("targets")).data.activeTargets.every(({ health }) => health === "up"),
      120_000,
    );
    await ready("the alert relay", `${relayUrl}/health`, () => programs.relay.check());
  } catch (error) {
    await close();
    throw error;
  }
  return {
    fake,
    inbox,
    active: async () => activeAlerts.parse(await json("alerts")).data.alerts,
    breakConfig(broken) {
      write("prometheus.json", broken ? "nothing that it can read: {" : config);
      programs.prometheus.signal("SIGHUP");
    },
    close,
  };
}
