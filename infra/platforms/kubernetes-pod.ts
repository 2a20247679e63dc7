import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { portOf, type Placement, type WorkloadArgs } from "../workload.ts";
import { NAME_LABEL } from "./kubernetes-network.ts";

type Container = types.input.core.v1.Container;
type PodSpec = types.input.core.v1.PodSpec;
type Probe = types.input.core.v1.Probe;
type Volume = types.input.core.v1.Volume;
type VolumeMount = types.input.core.v1.VolumeMount;

const FILES = "/etc/launchlab/files";
const SECRETS = "/etc/launchlab/secrets";
const CERTIFICATE = "/etc/launchlab/certificate";
const DATA = "/data";
const SCRATCH = "/tmp";
/**
 * Seconds between the decision to end a replica and its stop signal. Meanwhile it serves on, and everybody learns that
 * it leaves.
 */
const LEAVE_SECONDS = 10;
/** The same where a load balancer has to learn it: two or three of its checks, up to 10 s apart. */
const LEAVE_BALANCER_SECONDS = 30;
/** Seconds between two probes, and for the answer to one. */
const PROBE_SECONDS = { start: 2, ready: 3, live: 10, timeout: 3 };

/** Where a replica finds itself in a pod. */
export function placeInPod(args: Pick<WorkloadArgs, "ports" | "sidecar">): Placement {
  return {
    replica: 0,
    host: "0.0.0.0",
    port: (name) => portOf(args, name).port,
    sidecar: (name) => ({ host: "127.0.0.1", port: portOf(args, name).port }),
    file: (path) => (path === "." ? FILES : `${FILES}/${path}`),
    secret: (name) => `${SECRETS}/${name}`,
    data: DATA,
    scratch: SCRATCH,
    // The keys of a Secret of type kubernetes.io/tls.
    certificate: () => ({ certificate: `${CERTIFICATE}/tls.crt`, key: `${CERTIFICATE}/tls.key` }),
  };
}

/** A path as a key of a ConfigMap or Secret, which takes no slash. */
export const keyOf = (path: string): string => path.replaceAll("/", "__");

/** One of the files that an object holds, and where a pod finds it. */
export interface FileItem {
  readonly key: string;
  readonly path: string;
}

/** The objects that a pod takes its files from. */
export interface PodSources {
  readonly image: string;
  readonly sidecarImage: string | undefined;
  /** Files by the object that holds them. */
  readonly configMaps: readonly { readonly name: pulumi.Input<string>; readonly items: FileItem[] }[];
  readonly secretFiles: readonly { readonly name: pulumi.Input<string>; readonly items: FileItem[] }[];
  /** Holds `args.secrets`. */
  readonly secrets: pulumi.Input<string> | undefined;
  /** Holds tls.crt and tls.key; may change while pods run. */
  readonly certificate: pulumi.Input<string> | undefined;
  readonly claim: pulumi.Input<string> | undefined;
  readonly pullSecret: string | undefined;
  /** Identity before the Kubernetes API; undefined for none. */
  readonly account: pulumi.Input<string> | undefined;
  /** Which nodes its pods may go to, and who goes first. */
  readonly scheduling: Pick<PodSpec, "nodeSelector" | "tolerations" | "priorityClassName">;
  /** Part of the processor time asked for that is kept, 0 to 1. */
  readonly cpuShare: number;
  /** Whether a load balancer outside of the cluster finds the replicas by the health of their nodes. */
  readonly balanced: boolean;
  /** Labels of the replicas that are spread over nodes and zones. */
  readonly spread: Record<string, string> | undefined;
  /** Labels of the group that this one keeps apart from. */
  readonly apart: Record<string, string> | undefined;
}

function probesOf(args: Pick<WorkloadArgs, "health" | "startSeconds">, at: Placement): Record<string, Probe> {
  const { health } = args;
  if (health === undefined) return {};
  const timing = { timeoutSeconds: PROBE_SECONDS.timeout };
  switch (health.kind) {
    case "command":
      return {
        readinessProbe: {
          exec: { command: health.command(at) },
          periodSeconds: PROBE_SECONDS.ready,
          ...timing,
        },
      };
    case "tcp":
      return {
        readinessProbe: {
          tcpSocket: { port: at.port(health.port) },
          periodSeconds: PROBE_SECONDS.ready,
          ...timing,
        },
      };
    case "http": {
      const get = (path: string): Probe => ({ httpGet: { path, port: at.port(health.port) }, ...timing });
      const ready = { readinessProbe: { ...get(health.path), periodSeconds: PROBE_SECONDS.ready } };
      if (health.live === undefined) return ready;
      const tries = Math.ceil((args.startSeconds ?? 60) / PROBE_SECONDS.start);
      return {
        ...ready,
        startupProbe: {
          ...get(health.live),
          periodSeconds: PROBE_SECONDS.start,
          failureThreshold: tries,
        },
        livenessProbe: { ...get(health.live), periodSeconds: PROBE_SECONDS.live },
      };
    }
  }
}

/** What every container has, whatever runs in it. */
function container(
  args: Pick<WorkloadArgs, "image" | "ports" | "resources" | "health" | "startSeconds">,
  at: Placement,
  [program, ...rest]: readonly pulumi.Input<string>[],
  cpuShare: number,
): Omit<Container, "name"> {
  const { cpuMillis, memoryMb } = args.resources;
  const { start = program === undefined ? [] : [program] } = args.image;
  return {
    imagePullPolicy: "IfNotPresent",
    command: [...start, ...rest],
    ports: (args.ports ?? []).map(({ name, port }) => ({ name, containerPort: port })),
    ...probesOf(args, at),
    // No limit of the processor: a program that is held back answers late although there is time to spare.
    resources: {
      requests: { cpu: `${Math.ceil(cpuMillis * cpuShare)}m`, memory: `${memoryMb}Mi` },
      limits: { memory: `${memoryMb}Mi` },
    },
    securityContext: {
      runAsUser: args.image.user,
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
  };
}

function topology({ spread, apart }: PodSources): Pick<PodSpec, "topologySpreadConstraints"> {
  const labels = apart ?? spread;
  if (labels === undefined) return {};
  const wished = { maxSkew: 1, whenUnsatisfiable: "ScheduleAnyway", labelSelector: { matchLabels: labels } };
  const zone = { ...wished, topologyKey: "topology.kubernetes.io/zone" };
  const node = { ...wished, topologyKey: "kubernetes.io/hostname" };
  if (apart !== undefined) {
    // Where there is only one node, or another one is being emptied, they still have a place.
    const must = { whenUnsatisfiable: "DoNotSchedule", nodeTaintsPolicy: "Honor" };
    return { topologySpreadConstraints: [{ ...node, ...must }, zone] };
  }
  // Otherwise the replicas that a rollout is about to end would count.
  const current = { matchLabelKeys: ["pod-template-hash"] };
  return {
    topologySpreadConstraints: [
      { ...node, ...current },
      { ...zone, ...current },
    ],
  };
}

/** A volume is on one node at a time: who works on another's goes where that one is. */
function besideData({ data }: Pick<WorkloadArgs, "data">): Pick<PodSpec, "affinity"> {
  if (data === undefined || !("of" in data)) return {};
  const owner = { matchLabels: { [NAME_LABEL]: data.of } };
  const rule = { labelSelector: owner, topologyKey: "kubernetes.io/hostname" };
  return { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [rule] } } };
}

/** What a pod of this workload is, fit for the Pod Security standard `restricted`. */
export function podSpec(args: WorkloadArgs, sources: PodSources): PodSpec {
  const at = placeInPod(args);
  const { user, writable = [] } = args.image;
  const volumes: Volume[] = [];
  const mounts: VolumeMount[] = [];
  const mount = (volume: Volume, mountPath: string, readOnly: boolean): void => {
    volumes.push(volume);
    mounts.push({ name: volume.name, mountPath, readOnly });
  };

  if (sources.configMaps.length + sources.secretFiles.length > 0) {
    const projected = [
      ...sources.configMaps.map(({ name, items }) => ({ configMap: { name, items } })),
      ...sources.secretFiles.map(({ name, items }) => ({ secret: { name, items } })),
    ];
    mount({ name: "files", projected: { sources: projected, defaultMode: 0o440 } }, FILES, true);
  }
  if (sources.secrets !== undefined) {
    mount({ name: "secrets", secret: { secretName: sources.secrets, defaultMode: 0o440 } }, SECRETS, true);
  }
  if (sources.certificate !== undefined) {
    const keys = ["tls.crt", "tls.key"].map((key) => ({ key, path: key }));
    const secret = { secretName: sources.certificate, items: keys, defaultMode: 0o440 };
    mount({ name: "certificate", secret }, CERTIFICATE, true);
  }
  if (sources.claim !== undefined) {
    mount({ name: "data", persistentVolumeClaim: { claimName: sources.claim } }, DATA, false);
  }
  for (const [index, path] of [SCRATCH, ...writable].entries()) {
    mount({ name: `scratch-${index}`, emptyDir: { sizeLimit: "256Mi" } }, path, false);
  }

  const secretFiles = Object.keys(args.secrets ?? {}).map(
    (name) => [`${name}_FILE`, at.secret(name)] as const,
  );
  const env = [...Object.entries(args.env?.(at) ?? {}), ...secretFiles];
  const serves = args.kind === "service" && (args.ports ?? []).length > 0;
  const leave = sources.balanced ? LEAVE_BALANCER_SECONDS : LEAVE_SECONDS;
  const { sidecar } = args;
  const lifecycle = serves ? { lifecycle: { preStop: { sleep: { seconds: leave } } } } : {};

  return {
    automountServiceAccountToken: sources.account !== undefined,
    ...(sources.account === undefined ? {} : { serviceAccountName: sources.account }),
    // A Service named redis would come as REDIS_PORT=tcp://..., which is the bot's own variable.
    enableServiceLinks: false,
    // Names with two dots are whole: asked for once instead of four times.
    dnsConfig: { options: [{ name: "ndots", value: "2" }] },
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: user,
      fsGroup: user,
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    },
    terminationGracePeriodSeconds: (serves ? leave : 0) + (args.stopSeconds ?? 10),
    ...sources.scheduling,
    ...(args.kind === "task" || args.kind === "cron" ? { restartPolicy: "Never" } : {}),
    ...(sources.pullSecret === undefined ? {} : { imagePullSecrets: [{ name: sources.pullSecret }] }),
    ...topology(sources),
    ...besideData(args),
    containers: [
      {
        name: "main",
        image: sources.image,
        ...container(args, at, args.command(at), sources.cpuShare),
        env: env.map(([name, value]) => ({ name, value })),
        // The stop signal itself is the one that the image names.
        ...lifecycle,
        volumeMounts: mounts,
      },
      ...(sidecar === undefined || sources.sidecarImage === undefined
        ? []
        : [
            {
              name: sidecar.name,
              image: sources.sidecarImage,
              ...container(
                sidecar,
                at,
                sidecar.command(at, (port) => ({ host: "127.0.0.1", port: at.port(port) })),
                sources.cpuShare,
              ),
              // Without it the replica still does its work.
              readinessProbe: undefined,
              env: [],
              ...lifecycle,
              volumeMounts: [],
            },
          ]),
    ],
    volumes,
  };
}
