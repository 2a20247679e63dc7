import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loadRelayConfig } from "./config.ts";

const folder = mkdtempSync(join(tmpdir(), "launchlab-relay-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, `${content}\n`);
  return path;
}

test("secrets come from files, and what is not set is left out", () => {
  const token = `123456:${"a".repeat(35)}`;
  const env = {
    HTTP_PORT: "8080",
    ALERT_CHAT: "-1001",
    ALERT_TOKEN_FILE: file("token", token),
    ALERT_WEBHOOK_FILE: file("webhook", "https://example.org/hook"),
    TELEGRAM_API_URL: "http://127.0.0.1:8081/",
  };
  expect(loadRelayConfig(env)).toEqual({
    host: "127.0.0.1",
    port: 8080,
    logLevel: "info",
    telegram: { apiUrl: "http://127.0.0.1:8081", token, chat: "-1001" },
    webhookUrl: "https://example.org/hook",
    watchdogUrl: undefined,
    grafanaUrl: undefined,
  });
});

test("every problem is told at once, without the values", () => {
  const env = {
    HTTP_PORT: "many",
    ALERT_CHAT: "somebody",
    ALERT_TOKEN_FILE: file("bad-token", "planted"),
    ALERT_WEBHOOK_FILE: join(folder, "planted"),
    WATCHDOG_URL_FILE: file("bad-url", "planted"),
    GRAFANA_URL: "planted",
  };
  const problems = (): string => {
    try {
      return JSON.stringify(loadRelayConfig(env));
    } catch (error) {
      return String(error);
    }
  };
  for (const key of Object.keys(env)) expect(problems()).toMatch(new RegExp(`${key} (must|names)`));
  expect(problems()).not.toContain("planted");
  expect(() => loadRelayConfig({ HTTP_PORT: "1", ALERT_CHAT: "1" })).toThrow(/ALERT_TOKEN_FILE is missing/);
});
