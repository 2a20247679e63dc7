import { beforeAll, describe, expect, it } from "vitest";
import { createPeople } from "../simulator/people.ts";
import type { ProcessInputs } from "./process-provider/inputs.ts";
import { open, passwordOf, register, valueOf, type Registration } from "./stack-fixture.ts";

const token = `8000000001:${"aB3_-".repeat(7)}`;

let stack: Registration;
beforeAll(async () => {
  stack = await register();
});

/** Names of processes whose inputs differ between two stacks, or that only one of them has. */
function differing(a: Registration, b: Registration): string[] {
  const texts = (one: Registration): Map<string, string> =>
    new Map(one.processes.map((inputs) => [inputs.name, JSON.stringify(inputs)]));
  const [left, right] = [texts(a), texts(b)];
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((name) => left.get(name) !== right.get(name))
    .sort();
}

describe("the resources", () => {
  const tree: Record<string, string[]> = {
    postgres: [
      "postgres",
      "postgres-backup-password",
      "postgres-bot-password",
      "postgres-data",
      "postgres-exporter",
      "postgres-monitor-password",
      "postgres-password",
    ],
    redis: [
      ...["redis", "redis-admin-password", "redis-admin-password-2", "redis-bot-password"],
      ...["redis-bot-password-2", "redis-data", "redis-exporter", "redis-exporter-password"],
      ...["redis-exporter-password-2", "redis-member-password", "redis-member-password-2"],
    ],
    simulator: ["simulator"],
    bot: [
      ...["bot-admin-token", "bot-admin-token-2", "bot-webhook-secret", "bot-webhook-secret-2"],
      ...["migrate", "web-0", "web-1", "worker-0"],
    ],
    gateway: ["gateway", "gateway-exporter"],
    alertmanager: ["alertmanager", "alertmanager-data"],
    "alert-relay": ["alert-relay"],
    prometheus: ["prometheus", "prometheus-data"],
    "node-exporter": ["node-exporter"],
    grafana: ["grafana", "grafana-data", "grafana-password"],
  };

  it("are one component for each service, with its children below it", () => {
    const components = stack.resources.filter(({ type }) => type.startsWith("launchlab:index:"));
    expect(components.map(({ name }) => name).sort()).toEqual(Object.keys(tree).sort());
    for (const { name, type, parent } of components) {
      expect(type.toLowerCase()).toBe(`launchlab:index:${name.replaceAll("-", "")}`);
      expect(parent).toBeUndefined();
    }
    for (const [service, children] of Object.entries(tree)) {
      const found = stack.resources.filter(({ parent }) => parent === service);
      expect(found.map(({ name }) => name).sort(), service).toEqual(children);
    }
  });

  it("all have a parent, but for the components and the simulated bot's token", () => {
    const orphans = stack.resources.filter(
      ({ type, parent }) => type.startsWith("process:") && parent === undefined,
    );
    expect(orphans.map(({ name }) => name)).toEqual(["bot-token"]);
  });

  it("have names of their own that begin with their service's, or with the role of the bot", () => {
    const children = stack.resources.filter(({ type }) => type.startsWith("process:"));
    const names = children.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, parent } of children) {
      const prefixes = parent === "bot" ? ["bot", "migrate", "web", "worker"] : [parent ?? "bot"];
      expect(
        prefixes.some((prefix) => name === prefix || name.startsWith(`${prefix}-`)),
        name,
      ).toBe(true);
    }
  });

  it("pass the checks of the process provider, and are watched unless they are tasks", () => {
    expect(stack.processes.length).toBe(16);
    for (const { name, task, health } of stack.processes) expect(health === undefined, name).toBe(task);
    expect(stack.processes.filter(({ task }) => task).map(({ name }) => name)).toEqual(["migrate"]);
  });

  it("come up in order: data services, migration, then web replicas one by one", () => {
    const after = (name: string): readonly string[] => stack.named(name).dependsOn;
    expect(after("migrate")).toEqual(expect.arrayContaining(["postgres", "redis", "simulator"]));
    expect(after("web-0")).toContain("migrate");
    expect(after("web-1")).toEqual(expect.arrayContaining(["migrate", "web-0"]));
    expect(after("worker-0")).toContain("migrate");
    expect(after("postgres")).toContain("postgres-data");
    for (const one of ["redis", "gateway"]) expect(after(`${one}-exporter`)).toContain(one);
    // Which makes its user.
    expect(after("postgres-exporter")).toContain("migrate");
  });
});

describe("secrets", () => {
  const planted = [
    "postgres-password",
    "postgres-bot-password",
    "postgres-monitor-password",
    "postgres-backup-password",
    "redis-bot-password",
    "redis-bot-password-2",
    "redis-exporter-password",
    "redis-admin-password",
    "bot-webhook-secret",
    "bot-webhook-secret-2",
    "bot-token",
    "grafana-password",
  ];

  it("reach the processes that need them", () => {
    const files = (name: string): string[] => Object.values(stack.process(name).secrets);
    expect(files("postgres")).toEqual([passwordOf("postgres-password")]);
    const config = stack.process("redis").files["redis.conf"];
    for (const user of ["bot", "exporter", "member", "admin"]) {
      const accepted = ["", "-2"].map((next) => `>${passwordOf(`redis-${user}-password${next}`)}`);
      expect(config).toContain(`user ${user} on ${accepted.join(" ")} `);
    }
    expect(JSON.parse(files("redis-exporter")[0] ?? "")).toEqual({
      "redis://127.0.0.1:8406": passwordOf("redis-exporter-password"),
      "redis://exporter@127.0.0.1:8406": passwordOf("redis-exporter-password"),
    });
    for (const name of ["web-0", "web-1", "worker-0"]) {
      const { MENTOR_KEY: mentorKey, ADMIN_TOKENS: tokens, ...shared } = stack.process(name).secrets;
      expect(mentorKey).toBe(name === "worker-0" ? "simulated" : undefined);
      const owners = `${passwordOf("bot-admin-token")}\n${passwordOf("bot-admin-token-2")}`;
      expect(tokens).toBe(name === "worker-0" ? undefined : owners);
      expect(shared).toEqual({
        BOT_TOKEN: `8000000001:${passwordOf("bot-token")}`,
        WEBHOOK_SECRETS: `${passwordOf("bot-webhook-secret")}\n${passwordOf("bot-webhook-secret-2")}`,
        DATABASE_PASSWORD: passwordOf("postgres-bot-password"),
        REDIS_PASSWORD: passwordOf("redis-bot-password"),
      });
    }
    expect(stack.process("migrate").secrets).toEqual({
      DATABASE_PASSWORD: passwordOf("postgres-password"),
      DATABASE_LOGIN_PASSWORDS: ["bot", "monitor", "backup"]
        .map((kind) => passwordOf(`postgres-${kind}-password`))
        .join("\n"),
    });
    expect(files("simulator")).toEqual([`8000000001:${passwordOf("bot-token")}`]);
    expect(files("grafana")).toEqual([passwordOf("grafana-password")]);
  });

  it("are wrapped wherever they stand in the state", () => {
    for (const { name, inputs } of stack.resources) {
      const visible = JSON.stringify(open(inputs));
      for (const one of planted) expect(visible, name).not.toContain(passwordOf(one));
    }
  });

  it("stand in no command and no environment variable, wrapped or not", () => {
    for (const { name, command, env } of stack.processes)
      expect(JSON.stringify([command, env]), name).not.toContain("planted");
  });

  it("stand in no configuration file but Redis' own", () => {
    const holding = stack.processes.flatMap(({ files }) =>
      Object.entries(files).flatMap(([path, text]) => (text.includes("planted") ? [path] : [])),
    );
    expect(holding).toEqual(["redis.conf"]);
  });

  it("are secret outputs of the stack", async () => {
    const { webhookSecret, adminToken, grafanaPassword } = stack.outputs;
    expect(await valueOf(adminToken)).toEqual({ value: passwordOf("bot-admin-token"), secret: true });
    expect(await valueOf(webhookSecret)).toEqual({ value: passwordOf("bot-webhook-secret"), secret: true });
    expect(grafanaPassword && (await valueOf(grafanaPassword)).secret).toBe(true);
  });
});

describe("ports", () => {
  it.each(["1", "2000", "20000"])("are distinct and within the block of 120 for %s users", async (users) => {
    const { processes } = await register({ config: { users, basePort: "30000" } });
    const ports = processes.flatMap((one) => one.ports);
    expect(new Set(ports).size).toBe(ports.length);
    expect(Math.min(...ports)).toBe(30_000);
    expect(Math.max(...ports)).toBeLessThanOrEqual(30_119);
  });

  it("are the ones that the outputs name", () => {
    expect(stack.outputs).toMatchObject({
      webhook: "http://127.0.0.1:8400/telegram",
      simulator: "http://127.0.0.1:8401",
      prometheus: "http://127.0.0.1:8402",
      alertmanager: "http://127.0.0.1:8403",
      grafana: "http://127.0.0.1:8404",
      admin: "http://127.0.0.1:8480",
    });
  });
});

it("makes the first person of the simulator an admin, and nobody of a real Telegram who was not named", async () => {
  const first = createPeople(
    () => 0,
    () => 0,
  ).all()[0];
  const admins = (one: Registration): unknown => one.process("web-0").env["BOT_ADMINS"];
  expect(admins(stack)).toBe(String(first?.id));
  expect(admins(await register({ config: { admins: "7" } }))).toBe("7");
  const webhookUrl = "https://bot.example.org";
  expect(admins(await register({ token, config: { webhookUrl } }))).toBe("");
});

describe("a change", () => {
  const conf = (one: Registration): string => one.process("gateway").files["nginx.conf"] ?? "";
  const servers = (one: Registration): string[] => conf(one).match(/server 127\.0\.0\.1:\d+/g) ?? [];

  it("of nothing changes nothing", async () => {
    expect(differing(stack, await register())).toEqual([]);
  });

  it("of the rate limit changes the processes of the bot that serve, and nothing else", async () => {
    const other = await register({ config: { rateLimit: "21" } });
    expect(differing(stack, other)).toEqual(["web-0", "web-1", "worker-0"]);
    expect(other.process("web-0").env["RATE_LIMIT_REQUESTS"]).toBe("21");
  });

  it("of the number of users changes the web replicas, the gateway's list and the scrape targets", async () => {
    const large = await register({ config: { users: "20000" } });
    const webs = large.processes.filter(({ name }) => name.startsWith("web-"));
    expect(webs).toHaveLength(13);
    expect(servers(stack)).toEqual(["server 127.0.0.1:8440", "server 127.0.0.1:8441"]);
    expect(servers(large)).toEqual(webs.map(({ env }) => `server 127.0.0.1:${env["HTTP_PORT"] ?? ""}`));
    for (const { env } of webs)
      expect(large.process("prometheus").files["prometheus.yml"]).toContain(
        `127.0.0.1:${env["ADMIN_PORT"] ?? ""}`,
      );
    for (let i = 1; i < webs.length; i += 1)
      expect(large.named(`web-${i}`).dependsOn).toContain(`web-${i - 1}`);
    expect(differing(stack, large)).not.toContain("alertmanager");
  });

  it("of files is read by a signal where the program can, and by a restart elsewhere", () => {
    const reloading = stack.processes.filter(({ reload }) => reload === "SIGHUP").map(({ name }) => name);
    expect(reloading.sort()).toEqual(["alertmanager", "gateway", "prometheus"]);
  });

  it("of the stack's base port moves every port", async () => {
    const moved = await register({ config: { basePort: "9000" } });
    const ports = (one: Registration): number[] =>
      one.processes.flatMap((inputs: ProcessInputs) => inputs.ports);
    expect(ports(moved)).toEqual(ports(stack).map((port) => port + 600));
    expect(JSON.stringify(moved.processes)).not.toMatch(/127\.0\.0\.1:84\d\d/);
  });
});

describe("the options", () => {
  it("have no simulator beside a real bot, which calls Telegram and is told its public address", async () => {
    const real = await register({ token, config: { webhookUrl: "https://bot.example.org" } });
    expect(real.resources.filter(({ name }) => /simulator|bot-token/.test(name))).toEqual([]);
    expect(real.outputs.simulator).toBeUndefined();
    const { env, secrets } = real.process("web-0");
    expect(env["TELEGRAM_API_URL"]).toBe("https://api.telegram.org");
    expect(env["WEBHOOK_URL"]).toBe("https://bot.example.org/telegram");
    expect(secrets["BOT_TOKEN"]).toBe(token);
    expect(real.named("migrate").dependsOn).not.toContain("simulator");
    for (const { name, inputs } of real.resources)
      expect(JSON.stringify(open(inputs)), name).not.toContain(token);
  });

  it("let the simulated bot call the simulator", () => {
    const { env } = stack.process("worker-0");
    expect(env["TELEGRAM_API_URL"]).toBe(stack.outputs.simulator);
    expect(env["WEBHOOK_URL"]).toBe(stack.outputs.webhook);
  });

  it("let the gateway answer over TLS, with files that somebody else renews", async () => {
    const files = { tlsCertificate: "/etc/bot/fullchain.pem", tlsKey: "/etc/bot/privkey.pem" };
    const secure = await register({ token, config: { ...files, webhookUrl: "https://bot.example.org" } });
    const conf = secure.process("gateway").files["nginx.conf"] ?? "";
    expect(conf).toContain("listen 127.0.0.1:8400 ssl;");
    expect(conf).toContain("default /etc/bot/fullchain.pem;");
    expect(conf).toContain("default /etc/bot/privkey.pem;");
    expect(stack.process("gateway").files["nginx.conf"]).not.toMatch(/ssl/);
  });

  it("leave Grafana out when there is none", async () => {
    const without = await register({ dashboards: "none" });
    expect(without.resources.filter(({ name }) => name.startsWith("grafana"))).toEqual([]);
    expect(without.outputs).not.toHaveProperty("grafana");
    // The messages have no links to its panels then.
    expect(differing(stack, without)).toEqual(["alert-relay", "grafana"]);
  });

  it("put the viewer at Grafana's address where there is no Grafana", async () => {
    const viewed = await register({ dashboards: "viewer" });
    const { outputs } = viewed;
    expect(viewed.resources.filter(({ name }) => name.startsWith("grafana"))).toEqual([]);
    expect(outputs.viewer).toBe(stack.outputs.grafana);
    expect(outputs).not.toHaveProperty("grafana");
    expect(viewed.process("prometheus").files["rules.yml"]).toContain(
      `${outputs.viewer}/runbooks/RedisDown"`,
    );
    const { env } = viewed.process("viewer");
    expect(env["PROMETHEUS_URL"]).toBe(outputs.prometheus);
    expect(env["SCRAPE_JOBS"]?.split(",")).toEqual(expect.arrayContaining(["bot", "redis", "prometheus"]));
  });

  it("keep data and passwords over destroy only when asked", async () => {
    const kept = (one: Registration): unknown[] => [
      ...new Set(one.resources.flatMap(({ inputs }) => ("keep" in inputs ? [inputs["keep"]] : []))),
    ];
    expect(kept(stack)).toEqual([false]);
    expect(kept(await register({ config: { keepData: "true" } }))).toEqual([true]);
  });
});
