import { beforeAll, describe, expect, it } from "vitest";
import { loadConfig } from "../config.ts";
import { connectivity } from "../platforms/kubernetes-fixture.ts";
import { clusterConfig, open, passwordOf, register, type Registration } from "../stack-fixture.ts";

const token = `8000000001:${"aB3_-".repeat(7)}`;
const alertToken = `8000000002:${"cD4_-".repeat(7)}`;
const webhookUrl = "https://bot.example.org";
const addresses = {
  alertWebhook: "https://planted-webhook.example.org:8443/alerts",
  watchdogUrl: "http://198.51.100.7/planted-watchdog",
} as const;

interface Receivers {
  readonly receivers: readonly { readonly webhook_configs?: readonly { readonly url: string }[] }[];
}
/** Whom Alertmanager tells, by path. */
function told(stack: Registration): string[] {
  const text = stack.process("alertmanager").files["alertmanager.yml"] ?? "";
  const { receivers } = JSON.parse(text) as Receivers;
  const port = stack.processes.find(({ name }) => name === "alert-relay")?.ports[0];
  const urls = receivers.flatMap(({ webhook_configs = [] }) =>
    webhook_configs.map(({ url }) => new URL(url)),
  );
  for (const url of urls) expect(url.host).toBe(`127.0.0.1:${port}`);
  return [...new Set(urls.map(({ pathname }) => pathname))];
}
const names = (stack: Registration): string[] => stack.processes.map(({ name }) => name);

describe("beside the simulator", () => {
  let stack: Registration;
  beforeAll(async () => {
    stack = await register();
  });

  it("alerts are told in a group of it, with links to Grafana's panels", () => {
    const { env, secrets } = stack.process("alert-relay");
    expect(told(stack)).toEqual(["/telegram"]);
    expect(env).toMatchObject({
      TELEGRAM_API_URL: stack.outputs.simulator,
      ALERT_CHAT: stack.process("simulator").env["SIMULATOR_ALERT_GROUP"],
      GRAFANA_URL: stack.outputs.grafana,
    });
    expect(secrets).toEqual({ ALERT_TOKEN: `8000000001:${passwordOf("bot-token")}` });
  });

  it("another chat may be named, and another bot tells in the real Telegram", async () => {
    const other = await register({ config: { alertChat: "5000000001" } });
    expect(other.process("alert-relay").env["ALERT_CHAT"]).toBe("5000000001");
    const real = await register({ config: { alertChat: "@our_alerts" }, alertToken });
    const { env, secrets } = real.process("alert-relay");
    expect(env).toMatchObject({ TELEGRAM_API_URL: "https://api.telegram.org", ALERT_CHAT: "@our_alerts" });
    expect(secrets).toEqual({ ALERT_TOKEN: alertToken });
    expect(real.process("web-0").env["TELEGRAM_API_URL"]).toBe(real.outputs.simulator);
  });
});

describe("beside a real bot", () => {
  it("nobody is told unless somebody is named, and there is no relay then", async () => {
    const stack = await register({ token, config: { webhookUrl } });
    expect(names(stack)).not.toContain("alert-relay");
    expect(told(stack)).toEqual([]);
  });

  it("the chat is told by the bot, or by one of its own", async () => {
    const config = { webhookUrl, alertChat: "-1001234567890" };
    const stack = await register({ token, config });
    expect(told(stack)).toEqual(["/telegram"]);
    expect(stack.process("alert-relay").secrets).toEqual({ ALERT_TOKEN: token });
    const own = await register({ token, alertToken, config });
    expect(own.process("alert-relay").secrets).toEqual({ ALERT_TOKEN: alertToken });
  });

  it("a webhook and a dead man's switch are told as well, or alone", async () => {
    const all = await register({ token, config: { webhookUrl, alertChat: "-1", ...addresses } });
    expect(told(all)).toEqual(["/telegram", "/webhook", "/watchdog"]);
    const { watchdogUrl } = addresses;
    const alone = await register({ token, config: { webhookUrl, watchdogUrl } });
    expect(told(alone)).toEqual(["/watchdog"]);
    expect(alone.process("alert-relay").env).not.toHaveProperty("ALERT_CHAT");
  });
});

describe.each(["local", "docker", "kubernetes"] as const)("on %s", (platform) => {
  it("tokens and addresses are files of the relay alone, and secret in the state", async () => {
    const on = { local: {}, docker: { platform: "docker" }, kubernetes: clusterConfig } as const;
    const stack = await register({
      token,
      alertToken,
      config: { ...on[platform], webhookUrl, alertChat: "-1", ...addresses },
    });
    for (const { name, inputs } of stack.resources)
      expect(JSON.stringify(open(inputs)), name).not.toMatch(/planted-w|cD4_-cD4/);
    const holders = stack.processes.filter(({ name, secrets, ...rest }) => {
      expect(JSON.stringify(rest), name).not.toMatch(/planted-w|cD4_-cD4/);
      return /planted-w|cD4_-cD4/.test(JSON.stringify(secrets));
    });
    expect(holders.map(({ name }) => name)).toEqual(platform === "local" ? ["alert-relay"] : []);
  });
});

it("on a cluster the relay may call Telegram and whom it tells, and nobody else", async () => {
  const { manifests } = await register({
    token,
    config: { ...clusterConfig, webhookUrl, alertChat: "-1", ...addresses },
  });
  const lines = connectivity(manifests).filter((line) => line.includes("alert-relay"));
  const out = (name: string): string[] =>
    connectivity(manifests).flatMap((line) =>
      line.startsWith(`${name} -> `) && /:443\/tcp$/.test(line) ? [line.slice(name.length)] : [],
    );
  expect(lines.filter((line) => !line.endsWith(":443/tcp"))).toEqual([
    "alert-relay -> 0.0.0.0/0:8443/tcp",
    "alert-relay -> 198.51.100.7/32:80/tcp",
    "alert-relay -> ::/0:8443/tcp",
    "alert-relay -> kube-system/kube-dns:53/udp,53/tcp",
    "alertmanager -> alert-relay:http",
  ]);
  expect(out("alert-relay")).toEqual(out("web"));
  expect(out("web").length).toBeGreaterThan(10);
});

describe("the settings", () => {
  const problemsOf = (
    raw: Record<string, string>,
    given: { hasToken?: boolean; hasAlertToken?: boolean } = {},
  ) => {
    try {
      loadConfig((key) => raw[key], { keys: Object.keys(raw), ...given });
      return "";
    } catch (error) {
      return String(error);
    }
  };

  it("say what a value has to be, without repeating one that may be secret", () => {
    const problems = problemsOf({
      alertChat: "Ada",
      alertWebhook: "ftp://planted:1/",
      watchdogUrl: "planted:1",
    });
    expect(problems).toMatch(
      /launchlab:alertChat must be the id of a chat, such as -1001234567890, or the @name/,
    );
    expect(problems).toMatch(/launchlab:alertWebhook must be the http or https address of what takes alerts/);
    expect(problems).toMatch(
      /launchlab:watchdogUrl must be the http or https address of a dead man's switch/,
    );
    expect(problems).not.toContain("planted");
  });

  it("say what is missing or has no effect", () => {
    expect(problemsOf({}, { hasAlertToken: true })).toMatch(/launchlab:alertChat is missing/);
    expect(problemsOf({ alertChat: "@our_alerts" })).toMatch(/alertChat must be an id: the simulator/);
    expect(problemsOf({ alertChat: "@our_alerts" }, { hasAlertToken: true })).toBe("");
    const operated = { ...clusterConfig, monitoring: "prometheus-operator", monitoringNamespace: "m" };
    const problems = problemsOf({ ...operated, alertChat: "-1", ...addresses }, { hasAlertToken: true });
    for (const key of [
      "launchlab:alertChat",
      "launchlab:alertWebhook",
      "launchlab:watchdogUrl",
      "bot:alertToken",
    ])
      expect(problems).toContain(`${key} has no effect: the operator's Alertmanager decides who is told`);
  });
});
