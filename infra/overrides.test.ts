import { RunError } from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { podsOf, type Pods } from "./platforms/kubernetes-fixture.ts";
import { clusterConfig, register, type Options } from "./stack-fixture.ts";

const cluster = (config: Options["config"]): ReturnType<typeof register> =>
  register({ config: { ...clusterConfig, ...config } });

async function podsWith(config: Options["config"]): Promise<Map<string, Pods>> {
  const { manifests } = await cluster(config);
  return new Map(podsOf(manifests).map((one) => [one.name, one]));
}

it("gives workloads and sidecars the sizes of the configuration, and leaves the rest as it is", async () => {
  const resources = { web: { cpuMillis: 800 }, "gateway-exporter": { memoryMb: 99 } };
  const pods = await podsWith({ resources: JSON.stringify(resources) });
  expect(pods.get("web")?.container["resources"]).toMatchObject({
    requests: { cpu: "800m", memory: "512Mi" },
  });
  const [main, sidecar] = pods.get("gateway")?.pod.containers ?? [];
  expect(sidecar?.["resources"]).toEqual({
    requests: { cpu: "20m", memory: "99Mi" },
    limits: { memory: "99Mi" },
  });
  expect(main?.["resources"]).toMatchObject({ requests: { cpu: "100m" } });
});

it("sizes and images the parts of a Postgres cluster as well", async () => {
  const { manifests } = await cluster({
    postgresHa: "cloudnative-pg",
    resources: JSON.stringify({ postgres: { memoryMb: 9000 }, "postgres-pooler": { memoryMb: 333 } }),
    volumes: '{"postgres":123}',
    images: '{"postgresCluster":"mirror.example.org/pg:17.6","pooler":"mirror.example.org/pgbouncer:1.25.2"}',
  });
  const text = (kind: string): string => JSON.stringify(manifests.find((one) => one.kind === kind)?.["spec"]);
  for (const part of ['"9000Mi"', '"123Gi"', '"mirror.example.org/pg:17.6"'])
    expect(text("Cluster")).toContain(part);
  for (const part of ['"333Mi"', '"mirror.example.org/pgbouncer:1.25.2"'])
    expect(text("Pooler")).toContain(part);
});

it("makes volumes of the size of the configuration", async () => {
  const { manifests } = await cluster({ volumes: '{"prometheus":77}' });
  const sizes = manifests
    .filter(({ kind }) => kind === "PersistentVolumeClaim")
    .map(({ metadata, spec }) => [metadata.name, JSON.stringify(spec).includes('"77Gi"')]);
  expect(sizes.filter(([, found]) => found)).toEqual([["prometheus-data", true]]);
  expect(sizes.length).toBeGreaterThan(1);
});

it("takes images of the configuration wherever they run", async () => {
  const images = { redis: "mirror.example.org/redis:8.2.2", redisExporter: "exporter:1.5.1" };
  const pods = await podsWith({ images: JSON.stringify(images), registry: "hub.example.org" });
  expect(pods.get("redis")?.container.image).toBe(images.redis);
  // The registry stands before one without a registry of its own.
  expect(pods.get("redis-exporter")?.container.image).toBe("hub.example.org/exporter:1.5.1");
  expect(pods.get("prometheus")?.container.image).toMatch(/^hub\.example\.org\/prom\/prometheus:/);
});

it("names workloads that do not exist, and those that do", async () => {
  const wrong = cluster({ resources: '{"wbe":{"cpuMillis":1}}', volumes: '{"web":5}' });
  await expect(wrong).rejects.toThrow(RunError);
  await expect(wrong).rejects.toThrow(/launchlab:resources names wbe, which is none of .*web, worker/);
  await expect(wrong).rejects.toThrow(/launchlab:volumes names web, which is none of .*postgres, prometheus/);
});

it("tells every pod which nodes it may go to, and who goes first", async () => {
  const nodeSelector = { disktype: "ssd" };
  const tolerations = [{ key: "bots", operator: "Exists", effect: "NoSchedule" }];
  const { manifests } = await cluster({
    postgresHa: "cloudnative-pg",
    nodeSelector: JSON.stringify(nodeSelector),
    tolerations: JSON.stringify(tolerations),
    priorityClass: "bots",
  });
  const placed = { nodeSelector, tolerations, priorityClassName: "bots" };
  for (const { name, pod } of podsOf(manifests)) expect(pod, name).toMatchObject(placed);
  const specOf = (kind: string): unknown => manifests.find((one) => one.kind === kind)?.["spec"];
  expect(specOf("Cluster")).toMatchObject({
    affinity: { nodeSelector, tolerations },
    priorityClassName: "bots",
  });
  expect(specOf("Pooler")).toMatchObject({ template: { spec: placed } });
});
