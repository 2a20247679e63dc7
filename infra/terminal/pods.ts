import { z } from "zod";
import { NAME_LABEL } from "../platforms/kubernetes-network.ts";
import type { Replica, WorkloadStatus } from "./site.ts";

const labels = z.record(z.string(), z.string()).default({});
const metadata = z.object({
  name: z.string(),
  labels,
  creationTimestamp: z.string(),
  deletionTimestamp: z.string().optional(),
  ownerReferences: z.array(z.object({ kind: z.string(), name: z.string() })).default([]),
});
const conditions = z
  .array(z.object({ type: z.string(), status: z.string(), message: z.string().optional() }))
  .default([]);
const ended = z.object({ reason: z.string().default(""), exitCode: z.number() }).optional();
const containerStatus = z.object({
  name: z.string(),
  ready: z.boolean(),
  restartCount: z.number(),
  state: z.object({
    waiting: z.object({ reason: z.string().default(""), message: z.string().default("") }).optional(),
    terminated: ended,
  }),
  lastState: z.object({ terminated: ended }).default({}),
});
const selector = z.object({ matchLabels: labels });
const podSchema = z.object({
  kind: z.literal("Pod"),
  metadata,
  spec: z.object({ containers: z.array(z.object({ name: z.string() })) }),
  status: z.object({
    phase: z.string(),
    conditions,
    containerStatuses: z.array(containerStatus).default([]),
  }),
});
const objectSchema = z.discriminatedUnion("kind", [
  podSchema,
  z.object({
    kind: z.enum(["Deployment", "StatefulSet"]),
    metadata,
    spec: z.object({ replicas: z.number().default(1), selector }),
  }),
  z.object({ kind: z.literal("CronJob"), metadata }),
  z.object({ kind: z.literal("Job"), metadata, status: z.object({ conditions }) }),
  z.object({ kind: z.literal("Cluster"), metadata, spec: z.object({ instances: z.number() }) }),
]);
const listSchema = z.object({ items: z.array(objectSchema) });

export type ClusterObject = z.infer<typeof objectSchema>;
export type Pod = z.infer<typeof podSchema>;
type Job = Extract<ClusterObject, { kind: "Job" }>;
type Usage = ReadonlyMap<string, Pick<Replica, "cpu" | "memoryBytes">>;

/** The kinds of objects that say how a stack is. */
export const KINDS = "deployments.apps,statefulsets.apps,cronjobs.batch,jobs.batch,pods";

/** What `kubectl get -o json` prints. */
export const objectsOf = (text: string): ClusterObject[] => listSchema.parse(JSON.parse(text)).items;

/** What `kubectl top pods --no-headers` prints, by pod: "web-7d9f 12m 45Mi". */
export function usageByPod(text: string): Usage {
  const units: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };
  return new Map(
    [...text.matchAll(/^(\S+)\s+(\d+)m\s+(\d+)([KMG]i)\s*$/gm)].map(
      ([, pod = "", milli, amount, unit = ""]) =>
        [pod, { cpu: Number(milli) / 1000, memoryBytes: Number(amount) * (units[unit] ?? 1) }] as const,
    ),
  );
}

function judge({ status }: Pod): Pick<Replica, "state" | "detail"> {
  const { conditions: known, containerStatuses: containers } = status;
  const isMet = (type: string): boolean => known.some((one) => one.type === type && one.status === "True");
  if (isMet("Ready")) return { state: "healthy" };
  const unplaced = known.find((one) => one.type === "PodScheduled" && one.status === "False");
  if (unplaced !== undefined) return { state: "down", detail: unplaced.message ?? "no node takes it" };
  const problem = containers.find(({ ready }) => !ready);
  const { waiting, terminated } = problem?.state ?? {};
  const last = terminated ?? problem?.lastState.terminated;
  const end = last === undefined ? "" : `; it ended with ${last.reason} (exit code ${last.exitCode})`;
  if (waiting !== undefined && !["ContainerCreating", "PodInitializing"].includes(waiting.reason))
    return {
      state: "down",
      detail: `${waiting.reason}${end || (waiting.message && `: ${waiting.message}`)}`,
    };
  if (terminated !== undefined) return { state: "down", detail: end.slice(2) };
  return status.phase === "Running"
    ? { state: "unhealthy", detail: `it is not ready${end}` }
    : { state: "starting", detail: "it is being started" };
}

const replicaOf = (pod: Pod, usage: Usage): Replica => ({
  name: pod.metadata.name,
  ...judge(pod),
  restarts: pod.status.containerStatuses.reduce((sum, { restartCount }) => sum + restartCount, 0),
  ...usage.get(pod.metadata.name),
});

function judgeJob({ status }: Job): Pick<Replica, "state" | "detail"> {
  const is = (type: string): boolean =>
    status.conditions.some((one) => one.type === type && one.status === "True");
  if (is("Complete")) return { state: "done" };
  return is("Failed")
    ? {
        state: "down",
        detail: status.conditions.find(({ type }) => type === "Failed")?.message ?? "it failed",
      }
    : { state: "starting", detail: "it has not ended yet" };
}

const newest = (jobs: readonly Job[]): Job | undefined =>
  jobs.toSorted((a, b) => b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp))[0];

/** The workloads of a namespace, with their pods. Pods that are leaving are left out. */
export function workloadsOf(objects: readonly ClusterObject[], usage: Usage): WorkloadStatus[] {
  const pods = objects.filter((one) => one.kind === "Pod");
  const jobs = objects.filter((one) => one.kind === "Job");
  const having = (wanted: Readonly<Record<string, string>>): Replica[] =>
    pods
      .filter(({ metadata: { labels: own, deletionTimestamp } }) =>
        Object.entries(wanted).every(([key, value]) => own[key] === value && deletionTimestamp === undefined),
      )
      .map((pod) => replicaOf(pod, usage));
  const ownJobs = jobs.filter(({ metadata: { ownerReferences: owners } }) => owners.length === 0);
  const tasks = new Set(ownJobs.map(({ metadata: { name, labels: own } }) => own[NAME_LABEL] ?? name));

  const running = objects.flatMap((one): WorkloadStatus[] => {
    const { name } = one.metadata;
    switch (one.kind) {
      case "Deployment":
      case "StatefulSet": {
        const { replicas: wanted, selector: chosen } = one.spec;
        return [{ name, kind: "service", wanted, replicas: having(chosen.matchLabels) }];
      }
      case "Cluster": {
        const replicas = having({ "cnpg.io/cluster": name, "cnpg.io/podRole": "instance" });
        return [{ name, kind: "service", wanted: one.spec.instances, replicas }];
      }
      case "CronJob": {
        const last = newest(
          jobs.filter(({ metadata: { ownerReferences: owners } }) =>
            owners.some((owner) => owner.kind === "CronJob" && owner.name === name),
          ),
        );
        const run = last && judgeJob(last);
        const failed = run?.state === "down" ? `its last run: ${run.detail ?? ""}` : undefined;
        const state =
          failed === undefined
            ? ({ state: "waiting" } as const)
            : { state: "unhealthy" as const, detail: failed };
        return [{ name, kind: "schedule", wanted: 1, replicas: [{ name, ...state, restarts: 0 }] }];
      }
      case "Job":
      case "Pod":
        return [];
    }
  });
  const done = [...tasks].flatMap((name): WorkloadStatus[] => {
    const last = newest(
      ownJobs.filter(({ metadata: { labels: own, name: id } }) => (own[NAME_LABEL] ?? id) === name),
    );
    if (last === undefined) return [];
    return [
      {
        name,
        kind: "task",
        wanted: 1,
        replicas: [{ name: last.metadata.name, ...judgeJob(last), restarts: 0 }],
      },
    ];
  });
  return [...running, ...done];
}
