import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { defaultInFlightLimit } from "../../app/config.ts";
import { webhookConnections } from "../../app/telegram/registration.ts";
import { capacity, TELEGRAM_CONNECTIONS } from "../capacity.ts";
import type { Manifest } from "../render/cluster-mocks.ts";
import { clusterConfig, register, type Registration } from "../stack-fixture.ts";
import { connectivity } from "./kubernetes-fixture.ts";

const modes = ["cpu", "custom-metrics", "keda"] as const;
let stacks: Record<(typeof modes)[number], Registration>;
beforeAll(async () => {
  const scaledBy = (autoscaling: string): Promise<Registration> =>
    register({ config: { ...clusterConfig, autoscaling, monitoringNamespace: "scalers" } });
  stacks = {
    cpu: await scaledBy("cpu"),
    "custom-metrics": await scaledBy("custom-metrics"),
    keda: await scaledBy("keda"),
  };
});

const find = (one: Registration, kind: string, name: string): Manifest | undefined =>
  one.manifests.find((item) => item.kind === kind && item.metadata.name === name);
const specOf = (mode: (typeof modes)[number], kind: string, name: string): unknown =>
  find(stacks[mode], kind, name)?.["spec"];
const pace = {
  scaleUp: {
    stabilizationWindowSeconds: 0,
    policies: [{ type: "Percent", value: 100, periodSeconds: 15 }],
  },
  scaleDown: { stabilizationWindowSeconds: 300 },
};
const cpu = { type: "Resource", resource: { name: "cpu", target: { averageUtilization: 60 } } };

it("leaves the number of replicas out exactly where something else sets it", () => {
  const fixed = (mode: (typeof modes)[number], name: string): unknown =>
    z.object({ replicas: z.number().optional() }).parse(specOf(mode, "Deployment", name)).replicas;
  for (const mode of modes) {
    expect([mode, fixed(mode, "web")]).toEqual([mode, undefined]);
    expect([mode, fixed(mode, "worker")]).toEqual([mode, mode === "cpu" ? 1 : undefined]);
  }
});

it("makes one autoscaler for each of them, and never two kinds", () => {
  for (const mode of modes) {
    const made = stacks[mode].manifests.flatMap(({ kind, metadata }) =>
      /ScaledObject|Autoscaler/.test(kind) ? [`${kind} ${metadata.name}`] : [],
    );
    const kind = mode === "keda" ? "ScaledObject" : "HorizontalPodAutoscaler";
    expect(made.sort()).toEqual(mode === "cpu" ? [`${kind} web`] : [`${kind} web`, `${kind} worker`]);
  }
});

it("by cpu follows the processor alone", () => {
  expect(specOf("cpu", "HorizontalPodAutoscaler", "web")).toMatchObject({
    minReplicas: 2,
    maxReplicas: 4,
    metrics: [cpu],
    behavior: pace,
  });
});

it("by cpu follows the same use of the processor where less of it is kept", async () => {
  const one = await register({ config: { ...clusterConfig, cpuReservation: "10" } });
  expect(find(one, "HorizontalPodAutoscaler", "web")?.["spec"]).toMatchObject({
    metrics: [{ resource: { target: { averageUtilization: 600 } } }],
  });
});

it("by custom-metrics follows the mean of a figure of the replicas as well", () => {
  const pods = (name: string, averageValue: string): object => ({
    type: "Pods",
    pods: { metric: { name }, target: { type: "AverageValue", averageValue } },
  });
  expect(specOf("custom-metrics", "HorizontalPodAutoscaler", "web")).toMatchObject({
    metrics: [cpu, pods("bot_updates_in_flight", "25")],
    behavior: pace,
  });
  expect(specOf("custom-metrics", "HorizontalPodAutoscaler", "worker")).toMatchObject({
    minReplicas: 1,
    maxReplicas: 3,
    metrics: [pods("bot_outbox_oldest_age_seconds", "15")],
    behavior: pace,
  });
});

it("by keda asks the stack's Prometheus for the sum over the replicas, and goes on without an answer", () => {
  const trigger = (query: string, threshold: string): object => ({
    type: "prometheus",
    metricType: "AverageValue",
    metadata: {
      serverAddress: "http://prometheus.launchlab.svc.cluster.local:9090",
      query,
      threshold,
      ignoreNullValues: "false",
    },
  });
  expect(specOf("keda", "ScaledObject", "web")).toMatchObject({
    scaleTargetRef: { name: "web" },
    minReplicaCount: 2,
    maxReplicaCount: 4,
    advanced: { horizontalPodAutoscalerConfig: { behavior: pace } },
    triggers: [
      { type: "cpu", metricType: "Utilization", metadata: { value: "60" } },
      trigger('sum(avg_over_time(bot_updates_in_flight{role="web",namespace="launchlab"}[1m]))', "25"),
    ],
  });
  expect(specOf("keda", "ScaledObject", "worker")).toMatchObject({
    minReplicaCount: 1,
    maxReplicaCount: 3,
    triggers: [
      trigger(
        'sum(avg_over_time(bot_outbox_oldest_age_seconds{role="worker",namespace="launchlab"}[1m]))',
        "15",
      ),
    ],
  });
});

it("opens Prometheus to the namespace of those who ask it, and nothing else", () => {
  const before = connectivity(stacks.cpu.manifests);
  for (const mode of ["custom-metrics", "keda"] as const) {
    const added = connectivity(stacks[mode].manifests).filter((line) => !before.includes(line));
    expect(added).toEqual(["scalers/* -> prometheus:http"]);
  }
});

describe("the target of updates in flight", () => {
  it("is the share of what Telegram delivers at once, as the bot registers it", () => {
    expect(TELEGRAM_CONNECTIONS).toBe(webhookConnections);
  });

  it("is reached long before a replica sends updates back", () => {
    for (const users of [1, 2000, 20_000])
      expect(TELEGRAM_CONNECTIONS / capacity(users).maxWebReplicas).toBeLessThan(defaultInFlightLimit / 4);
  });
});
