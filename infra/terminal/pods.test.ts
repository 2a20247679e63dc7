import { expect, it } from "vitest";
import { kubernetesSite } from "./kubernetes.ts";
import type { Replica } from "./site.ts";

const meta = (name: string, more: object = {}) => ({
  name,
  labels: { "app.kubernetes.io/name": name },
  creationTimestamp: "2026-11-22T04:00:00Z",
  ...more,
});
const of = (workload: string) => ({ labels: { "app.kubernetes.io/name": workload } });
const workload = (kind: string, name: string, replicas?: number) => ({
  kind,
  metadata: meta(name),
  spec: { ...(replicas === undefined ? {} : { replicas }), selector: { matchLabels: of(name).labels } },
});
const running = {
  name: "main",
  ready: true,
  restartCount: 0,
  state: { running: { startedAt: "x" } },
  lastState: {},
};
const ready = [
  { type: "PodScheduled", status: "True" },
  { type: "Ready", status: "True" },
];
const notReady = [{ type: "Ready", status: "False" }];
const pod = (name: string, own: string, status: object = {}, more: object = {}) => ({
  kind: "Pod",
  metadata: meta(name, { ...of(own), ...more }),
  spec: { containers: [{ name: "main" }] },
  status: { phase: "Running", conditions: ready, containerStatuses: [running], ...status },
});
const job = (name: string, own: string, type: string, more: object = {}) => ({
  kind: "Job",
  metadata: meta(name, { ...of(own), ...more }),
  status: { conditions: [{ type, status: "True", message: "Job has reached the specified backoff limit" }] },
});
const byCron = { ownerReferences: [{ kind: "CronJob", name: "backup" }] };

/** As Kubernetes 1.36 writes them, without what nobody reads. */
const objects = [
  workload("Deployment", "web", 3),
  pod("web-1", "web"),
  pod("web-2", "web", {
    conditions: notReady,
    containerStatuses: [
      {
        ...running,
        ready: false,
        restartCount: 4,
        state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 40s" } },
        lastState: { terminated: { reason: "OOMKilled", exitCode: 137 } },
      },
    ],
  }),
  pod("web-old", "web", {}, { deletionTimestamp: "2026-11-22T05:00:00Z" }),
  workload("Deployment", "worker"),
  pod("worker-1", "worker", {
    phase: "Pending",
    conditions: [
      { type: "PodScheduled", status: "False", message: "0/1 nodes are available: 1 Insufficient cpu." },
    ],
    containerStatuses: [],
  }),
  workload("StatefulSet", "redis", 1),
  pod("redis-0", "redis", { conditions: notReady, containerStatuses: [{ ...running, ready: false }] }),
  workload("StatefulSet", "prometheus", 1),
  pod("prometheus-0", "prometheus", {
    phase: "Pending",
    conditions: notReady,
    containerStatuses: [{ ...running, ready: false, state: { waiting: { reason: "ContainerCreating" } } }],
  }),
  { kind: "CronJob", metadata: meta("backup") },
  job("backup-1", "backup", "Failed", { ...byCron, creationTimestamp: "2026-11-21T02:00:00Z" }),
  job("backup-2", "backup", "Complete", byCron),
  pod("backup-2-x", "backup", { phase: "Succeeded", conditions: notReady }),
  { kind: "CronJob", metadata: meta("backup-drill") },
  job("migrate-abc", "migrate", "Complete"),
];
const cluster = { kubeconfig: "~/.kube/config", context: "test", namespace: "launchlab" };

const site = (more: Record<string, string> = {}) =>
  kubernetesSite(cluster, (...args) => {
    const answers: Record<string, string> = {
      top: "web-1    12m    45Mi   \nredis-0  1m  1Gi\n",
      ...Object.fromEntries(
        ["pods", "deployments.apps"].map((kind) => [kind, JSON.stringify({ items: objects })]),
      ),
      ...more,
    };
    const found = Object.entries(answers).find(([word]) => args.some((arg) => arg.startsWith(word)));
    return found === undefined
      ? Promise.reject(new Error("the server does not know it"))
      : Promise.resolve(found[1]);
  });

it("says how the pods of each workload are", async () => {
  const workloads = await site().workloads();
  const lines = workloads.map(
    ({ name, kind, wanted, replicas }) => `${name} ${kind} ${replicas.length}/${wanted}`,
  );
  expect(lines).toEqual([
    "web service 2/3",
    "worker service 1/1",
    "redis service 1/1",
    "prometheus service 1/1",
    "backup schedule 1/1",
    "backup-drill schedule 1/1",
    "migrate task 1/1",
  ]);
  const replica = (name: string): Replica | undefined =>
    workloads.flatMap(({ replicas }) => replicas).find((one) => one.name === name);
  expect(replica("web-1")).toEqual({
    name: "web-1",
    state: "healthy",
    restarts: 0,
    cpu: 0.012,
    memoryBytes: 45 * 2 ** 20,
  });
  expect(replica("web-2")).toEqual({
    name: "web-2",
    state: "down",
    detail: "CrashLoopBackOff; it ended with OOMKilled (exit code 137)",
    restarts: 4,
  });
  expect(replica("worker-1")).toMatchObject({
    state: "down",
    detail: "0/1 nodes are available: 1 Insufficient cpu.",
  });
  expect(replica("redis-0")).toMatchObject({
    state: "unhealthy",
    detail: "it is not ready",
    memoryBytes: 2 ** 30,
  });
  expect(replica("prometheus-0")).toMatchObject({ state: "starting" });
  // The newest run counts.
  expect(replica("backup")).toEqual({ name: "backup", state: "waiting", restarts: 0 });
  expect(replica("backup-drill")).toMatchObject({ state: "waiting" });
  expect(replica("migrate-abc")).toMatchObject({ state: "done" });
});

it("says of a run that failed why it did", async () => {
  const failed = [
    { kind: "CronJob", metadata: meta("backup") },
    job("backup-1", "backup", "Failed", byCron),
    job("migrate-x", "migrate", "Failed"),
  ];
  const workloads = await site({ "deployments.apps": JSON.stringify({ items: failed }) }).workloads();
  expect(workloads.map(({ replicas }) => replicas[0])).toMatchObject([
    { state: "unhealthy", detail: "its last run: Job has reached the specified backoff limit" },
    { state: "down", detail: "Job has reached the specified backoff limit" },
  ]);
});

it("counts the servers of a CloudNativePG cluster", async () => {
  const server = (name: string) =>
    pod(name, "", {}, { labels: { "cnpg.io/cluster": "postgres", "cnpg.io/podRole": "instance" } });
  const workloads = await site({
    "deployments.apps": JSON.stringify({ items: [server("postgres-1"), server("postgres-2")] }),
    "clusters.postgresql": JSON.stringify({
      items: [{ kind: "Cluster", metadata: meta("postgres"), spec: { instances: 3 } }],
    }),
  }).workloads();
  expect(workloads).toMatchObject([{ name: "postgres", kind: "service", wanted: 3, replicas: [{}, {}] }]);
});

it("has a log of each container of each pod", async () => {
  const logs = await site().logs();
  expect(logs.find(({ name }) => name === "web-1")).toMatchObject({ workload: "web", over: false });
  expect(logs.find(({ name }) => name === "backup-2-x")).toMatchObject({ workload: "backup", over: true });
});
