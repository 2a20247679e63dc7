import k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import random from "@pulumi/random";
import {
  atLeast,
  hash,
  portOf,
  type ConfigFile,
  type Endpoint,
  type Platform,
  type Port,
  type Workload,
  type WorkloadArgs,
  type WorkloadOptions,
} from "../workload.ts";
import { Namespace } from "./kubernetes-namespace.ts";
import { NAME_LABEL, NAME_SERVER, policiesOf } from "./kubernetes-network.ts";
import { keyOf, placeInPod, podSpec } from "./kubernetes-pod.ts";

export interface KubernetesArgs {
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
}

/** Seconds that a replica must be ready for before the next one is replaced. */
const SETTLE_SECONDS = 5;
/** Seconds for pulling an image, on top of the program's own start. */
const PULL_SECONDS = 300;

/** Runs workloads in a namespace of a Kubernetes cluster, 1.34 or newer. */
export function kubernetesPlatform(args: KubernetesArgs): Platform {
  const { provider } = args;
  const base = new Namespace("kubernetes", { name: args.namespace, provider });
  const namespace = base.created;

  const hostOf = (service: string): string => `${service}.${args.namespace}.svc.cluster.local`;
  const endpointOf = (name: string, { port }: Port): Endpoint => ({ host: hostOf(name), port });
  const imageOf = (reference: string): string => {
    const [first = "", ...rest] = reference.split("/");
    const namesRegistry = rest.length > 0 && /[.:]/.test(first);
    return args.registry === undefined || namesRegistry ? reference : `${args.registry}/${reference}`;
  };

  function run(name: string, workload: WorkloadArgs, { parent, dependsOn = [] }: WorkloadOptions): Workload {
    const opts = { parent, provider };
    const labels = { [NAME_LABEL]: name, "app.kubernetes.io/part-of": "launchlab" };
    const selector = { [NAME_LABEL]: name };
    const metadata = { name, namespace, labels };
    const sidecarPorts = workload.sidecar?.ports ?? [];
    const ports = [...(workload.ports ?? []), ...sidecarPorts];
    const nodes: pulumi.Resource[] = [];
    const keep = <T extends pulumi.Resource>(resource: T): T => {
      nodes.push(resource);
      return resource;
    };

    // Without a name of their own: a change makes a new object, and so a new pod.
    const unnamed = { namespace, labels };
    const files = workload.files?.(placeInPod(workload)) ?? [];
    const contentOf = (some: readonly ConfigFile[]): Record<string, pulumi.Input<string>> =>
      Object.fromEntries(some.map(({ path, content }) => [keyOf(path), content]));
    const [hidden, plain] = [
      files.filter((file) => file.secret === true),
      files.filter((file) => file.secret !== true),
    ];
    const secret = (
      suffix: string,
      stringData: Record<string, pulumi.Input<string>>,
    ): pulumi.Output<string> =>
      new k8s.core.v1.Secret(`${name}-${suffix}`, { metadata: unnamed, immutable: true, stringData }, opts)
        .metadata.name;
    const configMaps =
      plain.length === 0
        ? []
        : [
            {
              name: new k8s.core.v1.ConfigMap(
                `${name}-files`,
                { metadata: unnamed, immutable: true, data: contentOf(plain) },
                opts,
              ).metadata.name,
              paths: plain.map(({ path }) => path),
            },
          ];
    const secretFiles =
      hidden.length === 0
        ? []
        : [{ name: secret("secret-files", contentOf(hidden)), paths: hidden.map(({ path }) => path) }];
    const secrets = workload.secrets === undefined ? undefined : secret("secrets", workload.secrets);

    const claim =
      workload.data === undefined
        ? undefined
        : new k8s.core.v1.PersistentVolumeClaim(
            `${name}-data`,
            {
              metadata: {
                ...metadata,
                name: `${name}-data`,
                // Many classes bind it only to a pod, which comes later.
                annotations: { "pulumi.com/skipAwait": "true" },
              },
              spec: {
                accessModes: ["ReadWriteOnce"],
                resources: { requests: { storage: `${workload.data.gigabytes}Gi` } },
                ...(args.storageClass === undefined ? {} : { storageClassName: args.storageClass }),
              },
            },
            { ...opts, protect: true, retainOnDelete: true },
          );

    for (const [policy, spec] of Object.entries(policiesOf(name, workload))) {
      keep(
        new k8s.networking.v1.NetworkPolicy(policy, { metadata: { ...metadata, name: policy }, spec }, opts),
      );
    }

    const replicas = workload.standby === undefined ? workload.replicas : 1 + workload.standby;
    const several = replicas !== undefined && atLeast(replicas) > 1;
    const spec = podSpec(workload, {
      image: imageOf(workload.image.reference),
      sidecarImage: workload.sidecar && imageOf(workload.sidecar.image.reference),
      configMaps,
      secretFiles,
      secrets,
      claim: claim?.metadata.name,
      pullSecret: args.imagePullSecret,
      spread: several ? selector : undefined,
    });
    const template = { metadata: { labels }, spec };
    const after = { ...opts, dependsOn: [...dependsOn, ...base.policies, ...nodes] };
    switch (workload.kind) {
      case "task": {
        // It stays when it is done: gone, it would be run again by every `up`.
        const id = pulumi.jsonStringify(template).apply((text) => `${name}-${hash(text)}`);
        const limits = {
          backoffLimit: 6,
          activeDeadlineSeconds: (workload.startSeconds ?? 60) + PULL_SECONDS,
        };
        keep(
          new k8s.batch.v1.Job(
            name,
            { metadata: { ...metadata, name: id }, spec: { ...limits, template } },
            after,
          ),
        );
        break;
      }
      case "stateful":
        keep(
          new k8s.apps.v1.StatefulSet(
            name,
            {
              metadata,
              spec: { serviceName: name, replicas: 1, selector: { matchLabels: selector }, template },
            },
            after,
          ),
        );
        break;
      case "service":
        keep(
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
                progressDeadlineSeconds: (workload.startSeconds ?? 60) + PULL_SECONDS,
                revisionHistoryLimit: 3,
                template,
              },
            },
            after,
          ),
        );
        break;
    }
    if (typeof replicas === "object") {
      new k8s.autoscaling.v2.HorizontalPodAutoscaler(
        name,
        {
          metadata,
          spec: {
            scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
            minReplicas: replicas.min,
            maxReplicas: replicas.max,
            metrics: [
              {
                type: "Resource",
                resource: {
                  name: "cpu",
                  target: { type: "Utilization", averageUtilization: replicas.cpuPercent },
                },
              },
            ],
            behavior: { scaleDown: { stabilizationWindowSeconds: 300 } },
          },
        },
        opts,
      );
    }
    if (several) {
      new k8s.policy.v1.PodDisruptionBudget(
        name,
        {
          metadata,
          spec: {
            maxUnavailable: 1,
            selector: { matchLabels: selector },
            // One that never becomes ready must not hold up the emptying of a node.
            unhealthyPodEvictionPolicy: "AlwaysAllow",
          },
        },
        opts,
      );
    }

    const service = (own: string, some: readonly Port[], more: Record<string, unknown>): void => {
      keep(
        new k8s.core.v1.Service(
          own,
          {
            metadata: { ...metadata, name: own },
            spec: {
              selector,
              ports: some.map(({ name: port, port: number }) => ({
                name: port,
                port: number,
                targetPort: number,
              })),
              ...more,
            },
          },
          opts,
        ),
      );
    };
    if (ports.length > 0) service(name, ports, workload.kind === "stateful" ? { clusterIP: "None" } : {});
    // One address for all would hide them from those who balance, retry or watch.
    const eachOf = (port: string): string => `${name}-${port}`;
    if (replicas !== undefined) {
      const watched =
        workload.health !== undefined && "port" in workload.health ? workload.health.port : undefined;
      for (const port of ports) {
        // Whoever asks for the health wants to see those that are not ready as well.
        const more = {
          clusterIP: "None",
          publishNotReadyAddresses: port.name === watched || sidecarPorts.includes(port),
        };
        service(eachOf(port.name), [port], more);
      }
    }

    return {
      nodes,
      endpoint: (port) => endpointOf(name, portOf(workload, port)),
      endpoints: (port) =>
        replicas === undefined
          ? [endpointOf(name, portOf(workload, port))]
          : [{ ...endpointOf(eachOf(port), portOf(workload, port)), resolver: NAME_SERVER }],
    };
  }

  return {
    run,
    password: (name, length, parent) =>
      // No special characters: it becomes a part of addresses and configuration files.
      new random.RandomPassword(name, { length, special: false }, parent && { parent }).result,
    address: (name, port) => endpointOf(name, port),
  };
}
