import { beforeAll, describe, expect, it } from "vitest";
import { images } from "../images.ts";
import { clusterConfig, open, passwordOf, register, valueOf, type Registration } from "../stack-fixture.ts";

const configs = { local: {}, docker: { platform: "docker" }, kubernetes: clusterConfig } as const;
const token = `8000000001:${"aB3_-".repeat(7)}`;

describe.each(["local", "docker", "kubernetes"] as const)("on %s", (platform) => {
  let stack: Registration;
  beforeAll(async () => {
    stack = await register({ config: configs[platform] });
  });
  const isComponent = (type: string): boolean => type.startsWith("launchlab:index:");
  /** Commands, variables and files: what programs get to see, by workload. */
  const told = (one: Registration): string =>
    JSON.stringify(
      { local: one.processes, docker: [...one.containers], kubernetes: one.manifests }[platform],
    );

  it("every resource is the child of a component, but for the components, providers and the simulated bot's token", () => {
    const orphans = stack.resources.filter(
      ({ type, parent }) => parent === undefined && !isComponent(type) && !type.startsWith("pulumi:"),
    );
    expect(orphans.map(({ name }) => name)).toEqual(["bot-token"]);
  });

  it("every resource of a type has a name of its own", () => {
    const names = stack.resources.map(({ type, name }) => `${type} ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it("each service is one component", () => {
    const components = stack.resources.filter(({ type }) => isComponent(type)).map(({ name }) => name);
    expect(components).toEqual(
      expect.arrayContaining([
        "postgres",
        "redis",
        "simulator",
        "bot",
        "gateway",
        "alertmanager",
        "prometheus",
        "grafana",
      ]),
    );
  });

  it("every password is secret wherever it stands in the state", () => {
    const passwords = stack.resources.filter(({ type }) => /[pP]assword$/.test(type));
    expect(passwords.length).toBeGreaterThanOrEqual(5);
    // From this one, a key is derived.
    const direct = passwords.filter(({ name }) => name !== "backup-identity");
    for (const { name } of direct) expect(told(stack), name).toContain(passwordOf(name));
    for (const { name, inputs } of stack.resources)
      expect(JSON.stringify(open(inputs)), name).not.toContain("planted-");
  });

  it("the token of a real bot is secret wherever it stands in the state", async () => {
    const real = await register({
      token,
      config: { ...configs[platform], webhookUrl: "https://bot.example.org" },
    });
    expect(told(real)).toContain(token);
    for (const { name, inputs } of real.resources)
      expect(JSON.stringify(open(inputs)), name).not.toContain(token);
    expect(told(real)).toContain("https://bot.example.org/telegram");
    expect(real.resources.map(({ name }) => name)).not.toContain("simulator");
  });

  it("a change of nothing changes nothing", async () => {
    expect(told(await register({ config: configs[platform] }))).toBe(told(stack));
  });

  it("the simulator and the bot know each other's addresses", () => {
    const inside = { simulator: "http://simulator:8081", webhook: "http://gateway:8080/telegram" };
    const { simulator = "", webhook } = platform === "docker" ? inside : stack.outputs;
    for (const address of [simulator, webhook]) expect(told(stack)).toContain(address);
  });

  it("the outputs are addresses, and secret where they are secrets", async () => {
    const { webhookSecret, adminToken, grafanaPassword, backupIdentity, backupSignature, ...addresses } =
      stack.outputs;
    for (const address of Object.values(addresses)) expect(address).toMatch(/^http:\/\/[a-z0-9.-]+:\d+/);
    for (const key of [webhookSecret, adminToken]) expect((await valueOf(key)).secret).toBe(true);
    expect(grafanaPassword && (await valueOf(grafanaPassword)).secret).toBe(true);
    for (const key of [backupIdentity, backupSignature])
      expect(key && (await valueOf(key)).secret).toBe(platform === "local" ? undefined : true);
  });

  it("migrations come after the data services and before the bot", () => {
    const after = (name: string): readonly string[] => {
      const found = stack.resources.filter(
        (one) => one.name === name && /Process|Job|Deployment|:Container/.test(one.type),
      );
      expect(found, name).toHaveLength(1);
      return found.flatMap(({ dependsOn }) => dependsOn);
    };
    expect(after("migrate")).toEqual(expect.arrayContaining(["postgres", "redis"]));
    for (const name of platform === "kubernetes" ? ["web", "worker"] : ["web-0", "worker-0"])
      expect(after(name)).toContain("migrate");
  });
});

it("runs no image as root", () => {
  for (const [name, { user }] of Object.entries(images)) expect(user, name).toBeGreaterThan(0);
});
