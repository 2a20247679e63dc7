import k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Endpoint, PostgresCluster, PostgresClusterArgs, WorkloadOptions } from "../workload.ts";
import { clusterPolicies, INSTANCE_METRICS, POOLER_METRICS } from "./kubernetes-cnpg-policies.ts";
import { clusterSpec, poolerSpec, type ClusterPlace } from "./kubernetes-cnpg-spec.ts";
import { NAME_LABEL, NAME_SERVER, type Neighbours } from "./kubernetes-network.ts";

/** What the cluster is a part of. */
export interface ClusterSurroundings extends ClusterPlace {
  readonly provider: pulumi.ProviderResource;
  /** Known once the namespace is there. */
  readonly namespace: pulumi.Output<string>;
  /** What has to be there first. */
  readonly policies: readonly pulumi.Resource[];
  /** The full name of a Service. */
  readonly hostOf: (service: string) => string;
  readonly neighbours: Neighbours;
  /** How pods of these labels, and a port of theirs, are found where they can be asked for. */
  readonly podsOf: (labels: Record<string, string>, port: string) => Pick<Endpoint, "pods">;
}

const API = "postgresql.cnpg.io/v1";

/** A cluster that the operator CloudNativePG (1.30) looks after, with poolers before it. */
export function createPostgresCluster(
  name: string,
  args: PostgresClusterArgs,
  { parent, dependsOn = [] }: WorkloadOptions,
  place: ClusterSurroundings,
): PostgresCluster {
  const { namespace, provider, hostOf } = place;
  const pooler = `${name}-pooler`;
  const opts = { parent, provider };
  const labels = { [NAME_LABEL]: name, "app.kubernetes.io/part-of": "launchlab" };
  const metadata = (own: string) => ({ name: own, namespace, labels });

  const policies = Object.entries(clusterPolicies(name, pooler, args, place.neighbours)).map(
    ([policy, spec]) =>
      new k8s.networking.v1.NetworkPolicy(policy, { metadata: metadata(policy), spec }, opts),
  );
  // It keeps its name: the operator gives the password to the user again whenever it changes.
  const secret = new k8s.core.v1.Secret(
    `${name}-user`,
    {
      metadata: { name: `${name}-user`, namespace, labels: { ...labels, "cnpg.io/reload": "true" } },
      type: "kubernetes.io/basic-auth",
      stringData: { username: args.user, password: args.password },
    },
    opts,
  );
  const after = { ...opts, dependsOn: [...dependsOn, ...place.policies, ...policies] };
  const cluster = new k8s.apiextensions.CustomResource(
    name,
    {
      apiVersion: API,
      kind: "Cluster",
      metadata: {
        ...metadata(name),
        annotations: { "pulumi.com/waitFor": "condition=Ready", "pulumi.com/timeoutSeconds": "900" },
      },
      spec: clusterSpec(name, args, secret.metadata.name, hostOf(pooler), place),
    },
    // The volumes end with it.
    { ...after, protect: true, retainOnDelete: true },
  );
  const pooled = new k8s.apiextensions.CustomResource(
    pooler,
    {
      apiVersion: API,
      kind: "Pooler",
      metadata: metadata(pooler),
      spec: poolerSpec(name, pooler, args.pooler, place),
    },
    { ...after, dependsOn: [...after.dependsOn, cluster] },
  );
  new k8s.policy.v1.PodDisruptionBudget(
    pooler,
    {
      metadata: metadata(pooler),
      spec: {
        maxUnavailable: 1,
        selector: { matchLabels: { "cnpg.io/poolerName": pooler } },
        unhealthyPodEvictionPolicy: "AlwaysAllow",
      },
    },
    opts,
  );
  if (place.snapshotClass !== undefined) {
    new k8s.apiextensions.CustomResource(
      `${name}-daily`,
      {
        apiVersion: API,
        kind: "ScheduledBackup",
        metadata: metadata(`${name}-daily`),
        // With seconds in front: at two at night.
        spec: {
          schedule: "0 0 2 * * *",
          cluster: { name },
          method: "volumeSnapshot",
          online: false,
          target: "prefer-standby",
          backupOwnerReference: "none",
        },
      },
      { ...opts, dependsOn: [cluster] },
    );
  }

  const watched = (own: string, port: number, selector: Record<string, string>): Endpoint => {
    new k8s.core.v1.Service(
      own,
      {
        metadata: metadata(own),
        spec: {
          clusterIP: "None",
          publishNotReadyAddresses: true,
          selector,
          ports: [{ name: "metrics", port, targetPort: port }],
        },
      },
      opts,
    );
    return {
      host: hostOf(own),
      port,
      resolver: NAME_SERVER,
      several: true,
      ...place.podsOf(selector, "metrics"),
    };
  };
  return {
    pooled: { host: hostOf(pooler), port: 5432 },
    direct: { host: hostOf(`${name}-rw`), port: 5432 },
    ca: { secret: `${name}-ca`, key: "ca.crt" },
    metrics: {
      instances: watched(`${name}-metrics`, INSTANCE_METRICS, {
        "cnpg.io/cluster": name,
        "cnpg.io/podRole": "instance",
      }),
      poolers: watched(`${pooler}-metrics`, POOLER_METRICS, { "cnpg.io/poolerName": pooler }),
    },
    nodes: [cluster, pooled],
  };
}
