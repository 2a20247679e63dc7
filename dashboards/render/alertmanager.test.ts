import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { packages } from "../../infra/packages.ts";
import { provide } from "../../infra/process-provider/packages.ts";
import { renderAlertmanagerConfig } from "./alertmanager.ts";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "launchlab-alertmanager-"));
let amtool = "";

beforeAll(async () => {
  amtool = (await provide(packages.alertmanager)).programs["amtool"] ?? "";
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const relay = "http://alert-relay:8080";
const receivers = {
  nobody: { alerts: [] },
  "a chat": { alerts: [`${relay}/telegram`] },
  "a chat, a webhook and a dead man's switch": {
    alerts: [`${relay}/telegram`, `${relay}/webhook`],
    watchdog: `${relay}/watchdog`,
  },
  "a dead man's switch alone": { alerts: [], watchdog: `${relay}/watchdog` },
};

const alertmanagerFile = z.object({
  receivers: z.array(
    z.object({
      name: z.string(),
      webhook_configs: z.array(z.object({ url: z.string(), send_resolved: z.boolean() })).default([]),
    }),
  ),
});

describe.each(Object.entries(receivers))("Alertmanager, which tells %s,", (who, told) => {
  const text = renderAlertmanagerConfig(told);
  const file = `alertmanager-${who.replaceAll(/\W/g, "-")}.json`;

  test("has a configuration that amtool accepts", async () => {
    const { stdout } = await run(amtool, ["check-config", write(file, text)]);
    expect(stdout).toContain("SUCCESS");
  });

  test.each(["critical", "warning", "info", "none"])("routes an alert of severity %s", async (severity) => {
    const labels = ["alertname=Any", "job=bot", `severity=${severity}`, "stack=dev"];
    const args = ["config", "routes", "test", `--config.file=${write(file, text)}`, ...labels];
    const { stdout } = await run(amtool, args);
    const receiver = severity === "info" ? "shown-only" : severity;
    expect(stdout.trim()).toBe(receiver);
    const found = alertmanagerFile
      .parse(JSON.parse(text))
      .receivers.find((one) => one.name === receiver)?.webhook_configs;
    const watchdog = "watchdog" in told ? [{ url: told.watchdog, send_resolved: false }] : [];
    const people = told.alerts.map((url) => ({ url, send_resolved: true }));
    expect(found).toEqual(severity === "none" ? watchdog : severity === "info" ? [] : people);
  });
});
