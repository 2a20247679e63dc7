import { beforeAll, describe, expect, it } from "vitest";
import { images } from "../images.ts";
import { register, type Container, type Registration } from "../stack-fixture.ts";

const config = { platform: "docker" } as const;
const token = `8000000001:${"aB3_-".repeat(7)}`;
let stack: Registration;
beforeAll(async () => {
  stack = await register({ config });
});

const container = (name: string, one = stack): Container => {
  const found = one.containers.get(name);
  if (found === undefined) throw new Error(`there is no container ${name}`);
  return found;
};
/** All that run, with their names. */
const running = (one = stack): [string, Container][] => [...one.containers].filter(([, { start }]) => start);
const registered = (name: string, type: string, one = stack) =>
  one.resources.find((resource) => resource.name === name && resource.type.endsWith(`:${type}`));

describe("every container", () => {
  it("has no right of root's, a root that nobody can write, and bounds for memory and log", () => {
    expect(running().length).toBeGreaterThan(10);
    for (const [name, one] of running())
      expect(one, name).toMatchObject({
        user: expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/) as unknown,
        readOnly: true,
        capabilities: { drops: ["ALL"] },
        securityOpts: ["no-new-privileges:true"],
        memory: expect.any(Number) as unknown,
        cpuShares: expect.any(Number) as unknown,
        logOpts: { "max-size": "10m", "max-file": "3" },
      });
  });

  it("gets the memory that Kubernetes gives it", () => {
    expect(container("web-0")).toMatchObject({ memory: 512, memorySwap: 512, cpuShares: 512 });
  });

  it("is started again by the engine when it ends, but for tasks", () => {
    for (const [name, one] of running())
      expect(one["restart"], name).toBe(name === "migrate" ? "no" : "unless-stopped");
  });

  it("is waited for until it is healthy, where its image can ask; else the question of its image is off", () => {
    for (const [name, one] of running()) {
      const { tests } = one["healthcheck"] as { tests: string[] };
      expect(tests[0], name).toBe(one["wait"] === true ? "CMD" : "NONE");
    }
    const waited = running().flatMap(([name, one]) => (one["wait"] === true ? [name] : []));
    expect(waited).toEqual(
      expect.arrayContaining(["postgres", "redis", "web-0", "web-1", "worker-0", "gateway", "prometheus"]),
    );
  });

  it("has time to stop before it is killed, also when the stack replaces it", () => {
    expect(container("web-0")).toMatchObject({ stopTimeout: 30, destroyGraceSeconds: 30 });
    expect(container("gateway")).toMatchObject({ stopSignal: "SIGQUIT" });
  });
});

it("a new container comes before the old one goes, but where there is room for one", () => {
  const first = (name: string): boolean | undefined => registered(name, "Container")?.deleteBeforeReplace;
  for (const name of ["web-0", "web-0-files", "worker-0", "gateway-files", "redis-files"])
    expect(first(name), name).toBe(false);
  for (const name of ["gateway", "postgres", "redis", "prometheus", "backup"])
    expect(first(name), name).toBe(true);
});

describe("files and secrets", () => {
  it("come in a container that never runs, and are read-only in the one that uses them", () => {
    const holder = container("redis-files");
    expect(holder).toMatchObject({ start: false, mustRun: false, networkMode: "none" });
    expect(holder.uploads.map(({ file, permissions }) => `${permissions} ${file}`)).toEqual([
      "0444 /etc/launchlab/files/redis.conf",
    ]);
    expect(container("redis").volumes).toContainEqual({ fromContainer: "redis-files-1:ro" });
  });

  it("are named by variables, and stand in no variable, argument or label", () => {
    const { envs } = container("web-0");
    expect(envs).toContain("DATABASE_PASSWORD_FILE=/etc/launchlab/secrets/DATABASE_PASSWORD");
    for (const [name, { envs: own, command, entrypoints, labels }] of stack.containers)
      expect(JSON.stringify([own, command, entrypoints, labels]), name).not.toContain("planted-");
    expect(container("web-0-files").uploads).toContainEqual(
      expect.objectContaining({
        file: "/etc/launchlab/secrets/REDIS_PASSWORD",
        content: "planted-redis-bot-password",
      }),
    );
  });

  it("make a new container when they change, and so one that uses them", async () => {
    const before = container("gateway-files").uploads;
    const more = await register({ config: { ...config, users: "20000" } });
    expect(container("gateway-files", more).uploads).not.toEqual(before);
  });
});

describe("data", () => {
  it("is a protected volume that stays when the stack goes, at the folder that the image has for it", () => {
    const volume = registered("postgres-data", "Volume");
    expect(volume).toMatchObject({ protect: true, retainOnDelete: true });
    expect(container("postgres").volumes).toContainEqual({
      volumeName: "postgres-data-1",
      containerPath: images.postgres.data,
    });
    expect(container("postgres").envs).toContain(`PGDATA=${images.postgres.data}/pgdata`);
  });

  it("is shared by a workload that works on that of another one", () => {
    const volume = { volumeName: "backup-data-1", containerPath: images.backup.data };
    for (const name of ["backup", "backup-drill", "backup-restore"])
      expect(container(name).volumes).toContainEqual(volume);
  });
});

describe("ports of the machine", () => {
  const open = (one: Registration): string[] =>
    running(one).flatMap(([name, { ports }]) =>
      ports.map(({ ip, external, internal }) => `${name} ${ip}:${external}:${internal}`),
    );

  it("are those of the gateway and of pages for people, on 127.0.0.1", () => {
    expect(open(stack).sort()).toEqual([
      "alertmanager 127.0.0.1:8403:9093",
      "gateway 127.0.0.1:8400:8080",
      "grafana 127.0.0.1:8404:3000",
      "prometheus 127.0.0.1:8402:9090",
      "simulator 127.0.0.1:8401:8081",
    ]);
    expect(stack.outputs).toMatchObject({
      webhook: "http://127.0.0.1:8400/telegram",
      prometheus: "http://127.0.0.1:8402",
    });
  });

  it("are open to others only at the gateway, and only when configuration says so", async () => {
    const opened = await register({ config: { ...config, gatewayAddress: "0.0.0.0:443" } });
    expect(open(opened)).toContain("gateway 0.0.0.0:443:8080");
    expect(open(opened).filter((line) => line.includes("0.0.0.0"))).toHaveLength(1);
  });
});

describe("the bot's image", () => {
  const built = (one: Registration) =>
    one.resources.filter(({ type }) => type === "docker:index/image:Image");

  it("is built from the checkout, with its content as the tag, once for all that run it", () => {
    expect(
      built(stack)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["bot", "simulator"]);
    expect(registered("bot", "Image")?.inputs).toMatchObject({
      imageName: expect.stringMatching(/^launchlab\/bot:[0-9a-f]{16}$/) as unknown,
      skipPush: true,
      build: { dockerfile: expect.stringMatching(/app\/Dockerfile$/) as unknown },
    });
    const { image } = container("web-0");
    for (const name of ["web-1", "worker-0", "migrate", "backup"]) expect(container(name).image).toBe(image);
  });

  it("is taken from elsewhere when configuration names it, and others from a mirror", async () => {
    const given = {
      ...config,
      botImage: "registry.example.org/bot:1.0.0",
      registry: "mirror.example.org/hub",
      images: JSON.stringify({ simulator: "registry.example.org/simulator:1.0.0" }),
    };
    const other = await register({ config: given });
    expect(built(other)).toEqual([]);
    expect(container("web-0", other).image).toBe("registry.example.org/bot:1.0.0");
    expect(container("simulator", other).image).toBe("registry.example.org/simulator:1.0.0");
    expect(container("redis", other).image).toBe("mirror.example.org/hub/redis:8.2.1");
  });

  it("is built on a base from the mirror", async () => {
    const other = await register({ config: { ...config, registry: "mirror.example.org/hub" } });
    expect(registered("bot", "Image", other)?.inputs).toMatchObject({
      build: { args: { REGISTRY: "mirror.example.org/hub/" } },
    });
  });
});

describe("networks", () => {
  /** Names under which a container finds others, by network. */
  const members = (one: Registration): Map<string, Map<string, string[]>> => {
    const networks = new Map<string, Map<string, string[]>>();
    for (const [name, { networksAdvanced }] of running(one))
      for (const { name: network, aliases } of networksAdvanced)
        networks.set(network, (networks.get(network) ?? new Map<string, string[]>()).set(name, aliases));
    return networks;
  };
  /** Whether the one can open a connection to the other by its name. */
  const finds = (from: string, alias: string, one = stack): boolean =>
    [...members(one).values()].some(
      (network) => network.has(from) && [...network.values()].some((aliases) => aliases.includes(alias)),
    );

  it("let a container find all that it may call", () => {
    const pairs = [
      ["web-0", "postgres"],
      ["worker-0", "redis"],
      ["migrate", "postgres"],
      ["backup", "postgres"],
      ["gateway", "web-1"],
      ["simulator", "gateway"],
      ["web-0", "simulator"],
      ["prometheus", "worker-0"],
      ["prometheus", "gateway-exporter"],
      ["prometheus", "redis-exporter"],
      ["prometheus", "alertmanager"],
      ["alertmanager", "alert-relay"],
      ["alert-relay", "simulator"],
      ["gateway-exporter", "gateway"],
      ["gateway", "gateway-exporter"],
      ["grafana", "prometheus"],
    ] as const;
    for (const [from, to] of pairs) expect(finds(from, to), `${from} to ${to}`).toBe(true);
  });

  it("keep a container from what it may not call", () => {
    const pairs = [
      ["gateway", "postgres"],
      ["simulator", "redis"],
      ["gateway", "redis"],
      ["prometheus", "postgres"],
      ["grafana", "web-0"],
      ["redis-exporter", "postgres"],
      ["simulator", "prometheus"],
      ["alert-relay", "postgres"],
    ] as const;
    for (const [from, to] of pairs) expect(finds(from, to), `${from} to ${to}`).toBe(false);
  });

  it("have no way out, but for the one of those whom the outside reaches, in which nobody sees the others", async () => {
    const networks = stack.resources.filter(({ type }) => type.endsWith(":Network"));
    const ways = networks.filter(({ inputs }) => inputs["internal"] !== true);
    expect(ways.map(({ name }) => name)).toEqual(["outside"]);
    expect(ways[0]?.inputs).toMatchObject({ options: { "com.docker.network.bridge.enable_icc": "false" } });
    const inside = (one: Registration): string[] => [...(members(one).get("outside-1")?.keys() ?? [])].sort();
    expect(inside(stack)).toEqual(["alertmanager", "gateway", "grafana", "prometheus", "simulator"]);
    const real = await register({ token, config: { ...config, webhookUrl: "https://bot.example.org" } });
    expect(inside(real)).toEqual(expect.arrayContaining(["web-0", "web-1", "worker-0"]));
    expect(inside(real)).not.toContain("postgres");
  });

  it("let Sentinels and servers of Redis find each other", async () => {
    const three = await register({ config: { ...config, redisHa: "sentinel" } });
    const names = [0, 1, 2].flatMap((number) => [`redis-${number}`, `redis-sentinel-${number}`]);
    for (const from of names)
      for (const to of names.filter((name) => name !== from))
        expect(finds(from, to, three), `${from} to ${to}`).toBe(true);
  });
});

it("the gateway asks for the addresses of the replicas again and again, as each new one has another", () => {
  const nginx = container("gateway-files").uploads.find(({ file }) => file.endsWith("nginx.conf"))?.content;
  expect(nginx).toContain("resolver 127.0.0.11 valid=2s;");
  for (const replica of ["web-0", "web-1"]) expect(nginx).toContain(`server ${replica}:8080 resolve `);
  expect(nginx).toContain("default gateway-exporter:9113;");
});

it("Prometheus knows each replica by its name and number", () => {
  const file = container("prometheus-files").uploads.find((one) =>
    one.file.endsWith("prometheus.yml"),
  )?.content;
  expect(file).toMatch(/web-1:8081[\s\S]*replica[^\n]*1/);
  expect(file).not.toContain("dns_sd_configs");
});

it("a cron is a container with a scheduler, which brings its library along", () => {
  const { entrypoints, command } = container("backup-drill");
  expect([...entrypoints, ...command]).toEqual([
    "node",
    "/etc/launchlab/scheduler/main.mts",
    "0 4 * * 1",
    "7200",
    "30",
    "node",
    "app/backup/main.ts",
    "drill",
  ]);
  const files = container("backup-drill-files").uploads.map(({ file }) => file);
  expect(files).toContain("/etc/launchlab/scheduler/node_modules/croner/croner.js");
});

describe("TLS at the gateway", () => {
  const webhookUrl = "https://bot.example.org";
  const uploaded = (name: string, one: Registration): Record<string, string> =>
    Object.fromEntries(container(name, one).uploads.map(({ file, content }) => [file, content]));

  it("with a certificate that the stack makes: the bot hands it to Telegram, and nobody else has the key", async () => {
    const own = await register({ token, config: { ...config, webhookUrl, tlsSelfSigned: "true" } });
    expect(uploaded("gateway-files", own)).toMatchObject({
      "/etc/launchlab/certificate/tls.crt": "planted CERTIFICATE",
      "/etc/launchlab/certificate/tls.key": "planted-key",
      "/etc/launchlab/files/nginx.conf": expect.stringContaining("listen 0.0.0.0:8443 ssl;") as unknown,
    });
    const file = "/etc/launchlab/files/webhook-certificate.pem";
    expect(uploaded("web-0-files", own)[file]).toBe("planted CERTIFICATE");
    expect(container("web-0", own).envs).toContain(`WEBHOOK_CERTIFICATE_FILE=${file}`);
    const keepers = [...own.containers].filter(([, one]) => JSON.stringify(one).includes("planted-key"));
    expect(keepers.map(([name]) => name)).toEqual(["gateway-files"]);
  });

  it("with files of this machine, which have to be there", async () => {
    const files = { tlsCertificate: "/nowhere/tls.crt", tlsKey: "/nowhere/tls.key" };
    await expect(register({ token, config: { ...config, webhookUrl, ...files } })).rejects.toThrow(
      "launchlab:tlsCertificate cannot be read here: ENOENT",
    );
  });
});
