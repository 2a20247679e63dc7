import k8s from "@pulumi/kubernetes";
import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  atLeast,
  hash,
  portOf,
  type Endpoint,
  type Platform,
  type Port,
  type Workload,
  type WorkloadArgs,
  type WorkloadOptions,
} from "../workload.ts";
import { createCron } from "./kubernetes-cron.ts";
import { createPostgresCluster } from "./kubernetes-cnpg.ts";
import { createCertificate, type CertificateArgs } from "./kubernetes-certificate.ts";
import { createAccess } from "./kubernetes-access.ts";
import { createMonitor } from "./kubernetes-monitor.ts";
import { Namespace } from "./kubernetes-namespace.ts";
import { GROUP_LABEL, NAME_LABEL, NAME_SERVER, policiesOf, type Neighbours } from "./kubernetes-network.ts";
import { createOutside, isBalanced, type OutsideArgs } from "./kubernetes-outside.ts";
import { podSpec } from "./kubernetes-pod.ts";
import { createBudget, createScaling, scaledBy, type Autoscaling } from "./kubernetes-scaling.ts";
import { createServices, eachOf } from "./kubernetes-service.ts";
import { createSources } from "./kubernetes-sources.ts";
import { mirrored } from "./mirror.ts";
import { randomPassword } from "./random-password.ts";

export interface KubernetesArgs extends OutsideArgs, CertificateArgs {
  /** The one cluster, named by the caller. */
  readonly provider: pulumi.ProviderResource;
  /** Made by this platform, and its own. */
  readonly namespace: string;
  /** Stands before images of Docker Hub: `mirror.example.org/hub`. @default none */
  readonly registry?: string | undefined;
  /** Name of a Secret in the namespace that opens the registry. @default none */
  readonly imagePullSecret?: string | undefined;
  /** @default the cluster's default class */
  readonly storageClass?: string | undefined;
  /** Labels of the nodes that pods go to. @default all nodes */
  readonly nodeSelector?: Readonly<Record<string, string>> | undefined;
  /** Taints of nodes that pods go to all the same. @default none */
  readonly tolerations?: readonly types.input.core.v1.Toleration[] | undefined;
  /** Name of the class that says whose pods go first. @default the cluster's default class */
  readonly priorityClass?: string | undefined;
  /** Per cent of the processor time that workloads ask for which is kept for them. @default 100 */
  readonly cpuReservation?: number | undefined;
  /** How workloads that ask for replicas find them: in the Kubernetes API, or by name only. @default pods */
  readonly discovery?: "pods" | "dns";
  /** What sets the number of replicas. @default cpu */
  readonly autoscaling?: Autoscaling;
  /** @default none */
  readonly neighbours?: Neighbours;
  /** Labels by which a Prometheus operator picks what is meant for it. @default none */
  readonly monitorLabels?: Readonly<Record<string, string>> | undefined;
  /** Whether two servers of one Postgres may share a node when there is no other. @default required: never */
  readonly postgresSpread?: "required" | "preferred";
  /** Class of the daily snapshots of a Postgres cluster. @default none are made */
  readonly postgresSnapshotClass?: string | undefined;
}

/** Seconds that a replica must be ready for before the next one is replaced. */
const SETTLE_SECONDS = 5;
/** Seconds for pulling an image, on top of the program's own start. */
const PULL_SECONDS = 300;

/** Runs workloads in a namespace of a Kubernetes cluster, 1.34 or newer. */
export function kubernetesPlatform(args: KubernetesArgs): Platform {
  const { provider, autoscaling = "cpu", neighbours = {} } = args;
  const cpuShare = (args.cpuReservation ?? 100) / 100;
  const listed = args.discovery !== "dns";
  const scheduling = {
    ...(args.nodeSelector === undefined ? {} : { nodeSelector: args.nodeSelector }),
    ...(args.tolerations === undefined ? {} : { tolerations: [...args.tolerations] }),
    ...(args.priorityClass === undefined ? {} : { priorityClassName: args.priorityClass }),
  };
  const base = new Namespace("kubernetes", { name: args.namespace, provider });
  const namespace = base.created;

  const hostOf = (service: string): string => `${service}.${args.namespace}.svc.cluster.local`;
  const endpointOf = (name: string, { port }: Port): Endpoint => ({ host: hostOf(name), port });
  const podsOf = (labels: Record<string, string>, port: string): Pick<Endpoint, "pods"> =>
    listed ? { pods: { namespace: args.namespace, labels, port } } : {};
  const imageOf = (reference: string): string => mirrored(reference, args.registry);

  /** Those that have their budget. */
  const groups = new Set<string>();

  function run(name: string, workload: WorkloadArgs, { parent, dependsOn = [] }: WorkloadOptions): Workload {
    const group = workload.apart === undefined ? undefined : { [GROUP_LABEL]: workload.apart };
    const labels = { [NAME_LABEL]: name, ...group, "app.kubernetes.io/part-of": "launchlab" };
    const selector = { [NAME_LABEL]: name };
    const metadata = { name, namespace, labels };
    const opts = { parent, provider };
    const scope = { name, namespace, labels, selector, metadata, opts };

    const sources = createSources(scope, workload, args.storageClass);
    const { discovers, ...silent } = workload;
    const asks = listed ? discovers : undefined;
    const policies = policiesOf(
      name,
      asks === undefined ? silent : { ...silent, discovers: asks },
      args.namespace,
      neighbours,
    );
    const nodes: pulumi.Resource[] = Object.entries(policies).map(
      ([policy, spec]) =>
        new k8s.networking.v1.NetworkPolicy(policy, { metadata: { ...metadata, name: policy }, spec }, opts),
    );

    const access = asks && createAccess(scope, asks);
    nodes.push(...(access?.nodes ?? []));

    const replicas =
      workload.standby === undefined
        ? scaledBy(autoscaling, workload.replicas, cpuShare)
        : 1 + workload.standby;
    const certificate = workload.certificate && createCertificate(scope, workload.certificate.host, args);
    nodes.push(...(certificate?.nodes ?? []));
    const spec = podSpec(workload, {
      ...sources,
      certificate: certificate?.secret,
      image: imageOf(workload.image.reference),
      sidecarImage: workload.sidecar && imageOf(workload.sidecar.image.reference),
      pullSecret: args.imagePullSecret,
      account: access?.account,
      scheduling,
      cpuShare,
      balanced: isBalanced(workload, args),
      spread: replicas !== undefined && atLeast(replicas) > 1 ? selector : undefined,
      apart: group,
    });
    const template = { metadata: { labels }, spec };
    const after = { ...opts, dependsOn: [...dependsOn, ...base.policies, ...nodes] };
    const deadlineSeconds = (workload.startSeconds ?? 60) + PULL_SECONDS;
    const controllers = {
      task: () => {
        // It stays when it is done: gone, it would be run again by every `up`.
        const id = pulumi.jsonStringify(template).apply((text) => `${name}-${hash(text)}`);
        const limits = { backoffLimit: 6, activeDeadlineSeconds: deadlineSeconds };
        return new k8s.batch.v1.Job(
          name,
          { metadata: { ...metadata, name: id }, spec: { ...limits, template } },
          after,
        );
      },
      cron: () => createCron(scope, workload, { template, deadlineSeconds, after }),
      stateful: () =>
        new k8s.apps.v1.StatefulSet(
          name,
          {
            metadata,
            spec: { serviceName: name, replicas: 1, selector: { matchLabels: selector }, template },
          },
          after,
        ),
      service: () =>
        new k8s.apps.v1.Deployment(
          name,
          {
            metadata,
            spec: {
              // An autoscaler owns the number.
              ...(typeof replicas === "object" ? {} : { replicas: replicas ?? 1 }),
              selector: { matchLabels: selector },
              strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
              minReadySeconds: SETTLE_SECONDS,
              progressDeadlineSeconds: deadlineSeconds,
              revisionHistoryLimit: 3,
              template,
            },
          },
          after,
        ),
    } satisfies Record<WorkloadArgs["kind"], () => pulumi.Resource>;
    nodes.push(controllers[workload.kind]());
    if (replicas !== undefined) createScaling(scope, replicas, autoscaling, args.namespace);
    if (workload.apart !== undefined && group !== undefined && !groups.has(workload.apart)) {
      groups.add(workload.apart);
      createBudget(workload.apart, { selector: group, metadata: { ...metadata, labels: group }, opts });
    }
    nodes.push(...createServices(scope, workload, replicas !== undefined));
    nodes.push(...createOutside(scope, workload, args));

    const endpoint = (service: string, port: string): Endpoint => ({
      ...endpointOf(service, portOf(workload, port)),
      ...podsOf(selector, port),
    });
    return {
      nodes,
      endpoint: (port) => endpoint(name, port),
      fromHost: (port) => endpoint(name, port),
      endpoints: (port) =>
        replicas === undefined
          ? [endpoint(name, port)]
          : [{ ...endpoint(eachOf(name, port), port), resolver: NAME_SERVER, several: true }],
    };
  }

  return {
    run,
    password: randomPassword,
    address: (name, port) => endpointOf(name, port),
    page: (name, port) => endpointOf(name, port),
    monitor: (name, monitored, opts) =>
      createMonitor(name, monitored, opts, { provider, namespace, monitorLabels: args.monitorLabels ?? {} }),
    postgresCluster: (name, cluster, opts) =>
      createPostgresCluster(name, cluster, opts, {
        ...args,
        namespace,
        hostOf,
        podsOf,
        neighbours,
        policies: base.policies,
        scheduling,
        cpuShare,
        spread: args.postgresSpread ?? "required",
        snapshotClass: args.postgresSnapshotClass,
      }),
  };
}
