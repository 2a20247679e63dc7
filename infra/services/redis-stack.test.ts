import { beforeAll, describe, expect, it } from "vitest";
import { connectivity, podsOf, type Pods } from "../platforms/kubernetes-fixture.ts";
import { clusterConfig, open, passwordOf, register, type Registration } from "../stack-fixture.ts";

const SERVERS = ["redis-0", "redis-1", "redis-2"];
const SENTINELS = ["redis-sentinel-0", "redis-sentinel-1", "redis-sentinel-2"];
const EXPORTERS = SERVERS.map((name) => `${name}-exporter`);

describe("Redis with Sentinels on local", () => {
  let stack: Registration;
  beforeAll(async () => {
    stack = await register({ config: { redisHa: "sentinel" } });
  });

  it("replaces the one server by three, three Sentinels, and an exporter for each server", () => {
    const names = stack.processes.map(({ name }) => name).filter((name) => name.startsWith("redis"));
    expect(names.sort()).toEqual([...SERVERS, ...EXPORTERS, ...SENTINELS].sort());
    const parents = stack.resources.filter(({ name }) => names.includes(name)).map(({ parent }) => parent);
    expect(new Set(parents)).toEqual(new Set(["redis"]));
  });

  it("starts and replaces one after the other, the Sentinels first", () => {
    const order = [...SENTINELS, ...SERVERS];
    for (const [i, name] of order.entries())
      expect(stack.named(name).dependsOn, name).toEqual(expect.arrayContaining(order.slice(0, i)));
  });

  it("has ports that nothing else has, within the block of the stack", async () => {
    const largest = await register({ config: { redisHa: "sentinel", users: "20000", basePort: "30000" } });
    for (const one of [stack, largest]) {
      const ports = one.processes.flatMap((process) => process.ports);
      expect(new Set(ports).size).toBe(ports.length);
    }
    expect(Math.max(...largest.processes.flatMap(({ ports }) => ports))).toBeLessThanOrEqual(30_119);
  });

  it("gives the bot the Sentinels, and no address that a failover would change", () => {
    for (const name of ["web-0", "worker-0"]) {
      const { env, secrets } = stack.process(name);
      expect(env).toMatchObject({
        REDIS_USER: "bot",
        REDIS_SENTINELS: "127.0.0.1:8427,127.0.0.1:8428,127.0.0.1:8429",
        REDIS_PRIMARY: "launchlab",
      });
      expect(env).not.toHaveProperty("REDIS_HOST");
      expect(secrets).toMatchObject({
        REDIS_PASSWORD: passwordOf("redis-bot-password"),
        REDIS_SENTINEL_PASSWORD: passwordOf("redis-sentinel-bot-password"),
      });
    }
  });

  it("keeps its passwords in files that only it may read", () => {
    for (const { name, inputs } of stack.resources)
      expect(JSON.stringify(open(inputs)), name).not.toContain("planted-");
    for (const { name, command, env } of stack.processes)
      expect(JSON.stringify([command, env]), name).not.toContain("planted-");
  });

  it("shows Prometheus each server and each Sentinel by its name", () => {
    const config = stack.process("prometheus").files["prometheus.yml"] ?? "";
    for (const name of [...SERVERS, ...SENTINELS]) expect(config).toContain(`"instance": "${name}"`);
    expect(config).toContain(`"__param_target": "redis://127.0.0.1:8427"`);
    const known: unknown = JSON.parse(stack.process("redis-0-exporter").secrets["REDIS_PASSWORD"] ?? "");
    expect(known).toEqual({
      "redis://127.0.0.1:8424": passwordOf("redis-exporter-password"),
      "redis://exporter@127.0.0.1:8424": passwordOf("redis-exporter-password"),
      "redis://127.0.0.1:8427": passwordOf("redis-sentinel-exporter-password"),
      "redis://exporter@127.0.0.1:8427": passwordOf("redis-sentinel-exporter-password"),
    });
  });
});

describe("Redis with Sentinels on kubernetes", () => {
  let stack: Registration;
  let pods: Pods[];
  beforeAll(async () => {
    stack = await register({ config: { ...clusterConfig, redisHa: "sentinel" } });
    pods = podsOf(stack.manifests);
  });

  it("keeps servers apart from servers, and Sentinels from Sentinels, where there are enough nodes", () => {
    for (const [group, names] of Object.entries({ redis: SERVERS, "redis-sentinel": SENTINELS })) {
      const matchLabels = { "app.kubernetes.io/component": group };
      for (const name of names) {
        const found = pods.find((one) => one.name === name);
        expect([found?.kind, found?.replicas], name).toEqual(["StatefulSet", 1]);
        expect(found?.labels, name).toMatchObject(matchLabels);
        expect(found?.pod["topologySpreadConstraints"], name).toMatchObject([
          {
            topologyKey: "kubernetes.io/hostname",
            whenUnsatisfiable: "DoNotSchedule",
            nodeTaintsPolicy: "Honor",
            labelSelector: { matchLabels },
          },
          { topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "ScheduleAnyway" },
        ]);
      }
      const budgets = stack.manifests.filter(
        ({ kind, metadata }) => kind === "PodDisruptionBudget" && metadata.name === group,
      );
      expect(budgets.map((one) => one["spec"])).toMatchObject([
        { maxUnavailable: 1, selector: { matchLabels } },
      ]);
    }
  });

  it("is known by names that stay, which have an address also while nothing is behind them", () => {
    const files = JSON.stringify(stack.manifests.filter(({ kind }) => kind === "Secret"));
    expect(files).toContain("replica-announce-ip redis-1.launchlab.svc.cluster.local");
    expect(files).toContain("sentinel announce-ip redis-sentinel-2.launchlab.svc.cluster.local");
    expect(files).toContain("sentinel monitor launchlab redis-0.launchlab.svc.cluster.local 6379 2");
    for (const name of [...SERVERS, ...SENTINELS]) {
      const service = stack.manifests.find(
        ({ kind, metadata }) => kind === "Service" && metadata.name === name,
      );
      expect(service?.["spec"], name).not.toHaveProperty("clusterIP");
    }
  });

  it("lets only those connect that the file names", async () => {
    const lines = connectivity(stack.manifests);
    expect(lines.filter((line) => line.includes("half"))).toEqual([]);
    const own = lines.filter((line) => line.includes("redis"));
    await expect(`${own.join("\n")}\n`).toMatchFileSnapshot("../platforms/golden/connectivity-sentinel.txt");
  });

  it("is read through its exporters by an operator's Prometheus, too", async () => {
    const watched = await register({
      config: {
        ...clusterConfig,
        redisHa: "sentinel",
        monitoring: "prometheus-operator",
        monitoringNamespace: "watch",
      },
    });
    const monitors = JSON.stringify(watched.manifests.filter(({ kind }) => kind === "PodMonitor"));
    for (const [i, name] of SENTINELS.entries()) {
      expect(monitors).toContain(`{"replacement":"${name}","targetLabel":"instance"}`);
      const target = `redis://redis-sentinel-${i}.launchlab.svc.cluster.local:26379`;
      expect(monitors).toContain(`{"replacement":"${target}","targetLabel":"__param_target"}`);
    }
  });

  it("keeps what the Sentinels have promised on volumes that outlive the stack", () => {
    const claims = stack.resources.filter(({ type }) => type.endsWith(":PersistentVolumeClaim"));
    for (const name of [...SERVERS, ...SENTINELS]) {
      const claim = claims.find((one) => one.name === `${name}-data`);
      expect([claim?.protect, claim?.retainOnDelete], name).toEqual([true, true]);
    }
  });
});
