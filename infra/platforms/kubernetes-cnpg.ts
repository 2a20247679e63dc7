import k8s from "@pulumi/kubernetes";
import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Endpoint, PostgresCluster, PostgresClusterArgs, WorkloadOptions } from "../workload.ts";
import { ANYWHERE, NAME_LABEL, NAME_SERVER, peerOf, tcp, type Neighbours } from "./kubernetes-network.ts";

type PolicySpec = types.input.networking.v1.NetworkPolicySpec;

/** Where the cluster is put. */
export interface ClusterPlace {
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
  readonly imagePullSecret?: string | undefined;
  readonly storageClass?: string | undefined;
  /** Which nodes its pods may go to, and who goes first. */
  readonly scheduling: Pick<
    types.input.core.v1.PodSpec,
    "nodeSelector" | "tolerations" | "priorityClassName"
  >;
  /** Part of the processor time that is asked for which is kept. */
  readonly cpuShare: number;
  /** Whether two instances may share a node when there is no other. */
  readonly spread: "required" | "preferred";
  /** Class of the daily snapshots of the volumes. @default none are made */
  readonly snapshotClass?: string | undefined;
}

const API = "postgresql.cnpg.io/v1";
/** Ports of CloudNativePG: the instance manager, and the figures of instances and poolers. */
const STATUS = 8000;
const INSTANCE_METRICS = 9187;
const POOLER_METRICS = 9127;
/** The operator's own namespace and pods, as its release names them. */
const OPERATOR: types.input.networking.v1.NetworkPolicyPeer = {
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "cnpg-system" } },
  podSelector: { matchLabels: { [NAME_LABEL]: "cloudnative-pg" } },
};
/** Gigabytes of the volume for the log of changes; a standby that stays away may hold back half of it. */
const WAL_GIGABYTES = 10;
/**
 * Seconds between the decision to end a pooler and its stop signal, which cuts its clients. Before it, nobody new
 * comes, and the bot gives up every connection after 120 s.
 */
const POOLER_LEAVE_SECONDS = 130;

const mb = (megabytes: number): string => `${megabytes}Mi`;
const resourcesOf = ({ cpuMillis, memoryMb }: PostgresClusterArgs["resources"], cpuShare: number) => ({
  requests: { cpu: `${Math.ceil(cpuMillis * cpuShare)}m`, memory: mb(memoryMb) },
  limits: { memory: mb(memoryMb) },
});

/**
 * Pods of the operator have labels of their own. All of them carry the cluster's name: instances, poolers, and the
 * jobs that make an instance.
 */
function policiesOf(
  name: string,
  pooler: string,
  args: PostgresClusterArgs,
  neighbours: Neighbours,
): Record<string, PolicySpec> {
  const all = { matchLabels: { "cnpg.io/cluster": name } };
  const instances = { matchLabels: { "cnpg.io/cluster": name, "cnpg.io/podRole": "instance" } };
  const poolers = { matchLabels: { "cnpg.io/poolerName": pooler } };
  const workloads = (some: readonly string[]) => some.map((one) => peerOf(one, neighbours));
  const watchers = args.watchedFrom.filter((one) => !(one in neighbours));
  const anyOf = (some: readonly string[]) => ({
    matchExpressions: [{ key: NAME_LABEL, operator: "In", values: [...some] }],
  });
  const to = (target: { matchLabels: Record<string, string> }, ...ports: number[]) => ({
    to: [{ podSelector: target }],
    ports: ports.map(tcp),
  });
  return {
    [`${name}-instances`]: {
      podSelector: instances,
      policyTypes: ["Ingress"],
      ingress: [
        { from: [{ podSelector: all }, OPERATOR, ...workloads(args.reachableFrom)], ports: [tcp(5432)] },
        { from: [{ podSelector: instances }, OPERATOR], ports: [tcp(STATUS)] },
        { from: workloads(args.watchedFrom), ports: [tcp(INSTANCE_METRICS)] },
      ],
    },
    [`${name}-members`]: {
      podSelector: all,
      policyTypes: ["Egress"],
      egress: [
        to(instances, 5432),
        // The Kubernetes API, whose address no policy can know: it is no pod.
        { to: ANYWHERE, ports: [tcp(443), tcp(6443)] },
      ],
    },
    [`${name}-status`]: { podSelector: instances, policyTypes: ["Egress"], egress: [to(instances, STATUS)] },
    [pooler]: {
      podSelector: poolers,
      policyTypes: ["Ingress"],
      ingress: [
        { from: workloads(args.pooler.reachableFrom), ports: [tcp(5432)] },
        { from: workloads(args.watchedFrom), ports: [tcp(POOLER_METRICS)] },
      ],
    },
    [`${name}-clients`]: {
      podSelector: anyOf(args.reachableFrom),
      policyTypes: ["Egress"],
      egress: [to(instances, 5432)],
    },
    [`${pooler}-clients`]: {
      podSelector: anyOf(args.pooler.reachableFrom),
      policyTypes: ["Egress"],
      egress: [to(poolers, 5432)],
    },
    ...(watchers.length === 0
      ? {}
      : {
          [`${name}-watchers`]: {
            podSelector: anyOf(watchers),
            policyTypes: ["Egress"],
            egress: [to(instances, INSTANCE_METRICS), to(poolers, POOLER_METRICS)],
          },
        }),
  };
}

function clusterSpec(
  name: string,
  args: PostgresClusterArgs,
  secret: pulumi.Input<string>,
  poolerHost: string,
  place: ClusterPlace,
) {
  const { imagePullSecret, storageClass, snapshotClass } = place;
  const { priorityClassName, ...nodes } = place.scheduling;
  const volume = (gigabytes: number) => ({
    size: `${gigabytes}Gi`,
    ...(storageClass === undefined ? {} : { storageClass }),
  });
  return {
    instances: args.instances,
    imageName: args.image,
    imagePullPolicy: "IfNotPresent",
    ...(imagePullSecret === undefined ? {} : { imagePullSecrets: [{ name: imagePullSecret }] }),
    bootstrap: {
      initdb: {
        database: args.database,
        owner: args.user,
        secret: { name: secret },
        dataChecksums: true,
        // Knows the letters of all languages, and sorts the same after every update of the system below.
        localeProvider: "builtin",
        builtinLocale: "C.UTF-8",
        // No superuser here, but it makes the users of the bot, and the exporter reads all figures as the same user.
        postInitSQL: [`ALTER ROLE "${args.user}" CREATEROLE`, `GRANT pg_monitor TO "${args.user}"`],
      },
    },
    storage: volume(args.data.gigabytes),
    walStorage: volume(WAL_GIGABYTES),
    resources: resourcesOf(args.resources, place.cpuShare),
    affinity: {
      enablePodAntiAffinity: true,
      podAntiAffinityType: place.spread,
      topologyKey: "kubernetes.io/hostname",
      ...nodes,
    },
    ...(priorityClassName === undefined ? {} : { priorityClassName }),
    topologySpreadConstraints: [
      {
        topologyKey: "topology.kubernetes.io/zone",
        maxSkew: 1,
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: { "cnpg.io/cluster": name, "cnpg.io/podRole": "instance" } },
      },
    ],
    certificates: { serverAltDNSNames: [poolerHost] },
    postgresql: {
      parameters: { ...args.parameters, max_slot_wal_keep_size: `${WAL_GIGABYTES / 2}GB` },
      pg_hba: ["hostnossl all all all reject"],
      // An acknowledged commit is on two servers, always: with too few standbys, writes wait.
      synchronous: { method: "any", number: 1, dataDurability: "required", failoverQuorum: true },
    },
    // An abrupt loss is over after 11 s instead of the 24 s of the defaults (15, 10, 2).
    primaryLease: { leaseDurationSeconds: 5, renewDeadlineSeconds: 4, retryPeriodSeconds: 1 },
    // A switchover for an update could promote a standby that lacks the last commits.
    primaryUpdateStrategy: "unsupervised",
    primaryUpdateMethod: "restart",
    // For that long a primary that is to stop goes on to serve those who are connected: the pooler never leaves.
    smartShutdownTimeout: 5,
    ...(snapshotClass === undefined
      ? {}
      : {
          backup: { volumeSnapshot: { className: snapshotClass, online: false }, target: "prefer-standby" },
        }),
  };
}

function poolerSpec(name: string, pooler: string, args: PostgresClusterArgs["pooler"], place: ClusterPlace) {
  const { imagePullSecret } = place;
  const spread = (topologyKey: string) => ({
    topologyKey,
    maxSkew: 1,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: { "cnpg.io/poolerName": pooler } },
    matchLabelKeys: ["pod-template-hash"],
  });
  return {
    cluster: { name },
    type: "rw",
    instances: args.instances,
    deploymentStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    pgbouncer: {
      image: args.image,
      poolMode: "transaction",
      parameters: {
        max_client_conn: String(args.maxClients),
        default_pool_size: String(args.poolSize),
        // While a secret changes there are two users, each with a pool; two more are the pooler's own.
        max_db_connections: String(args.poolSize + 2),
        max_prepared_statements: "200",
        client_tls_sslmode: "require",
        // After a failed login nobody gets a connection for that long; the default, 15 s, outlasts a failover.
        server_login_retry: "1",
        server_connect_timeout: "3",
        // A server that is gone without a word is given up.
        tcp_keepidle: "5",
        tcp_keepintvl: "2",
        tcp_keepcnt: "3",
        tcp_user_timeout: "10000",
        // The bot's own limits end before: a statement at 5 s, an open transaction at 10 s. There is no
        // query_timeout, since that would cancel commits that wait for a standby.
        query_wait_timeout: "5",
        idle_transaction_timeout: "15",
      },
    },
    template: {
      spec: {
        ...(imagePullSecret === undefined ? {} : { imagePullSecrets: [{ name: imagePullSecret }] }),
        ...place.scheduling,
        terminationGracePeriodSeconds: POOLER_LEAVE_SECONDS + 20,
        topologySpreadConstraints: ["kubernetes.io/hostname", "topology.kubernetes.io/zone"].map(spread),
        containers: [
          {
            name: "pgbouncer",
            resources: resourcesOf(args.resources, place.cpuShare),
            lifecycle: { preStop: { sleep: { seconds: POOLER_LEAVE_SECONDS } } },
          },
        ],
      },
    },
  };
}

/** A cluster that the operator CloudNativePG (1.30) looks after, with poolers before it. */
export function createPostgresCluster(
  name: string,
  args: PostgresClusterArgs,
  { parent, dependsOn = [] }: WorkloadOptions,
  place: ClusterPlace,
): PostgresCluster {
  const { namespace, provider, hostOf } = place;
  const pooler = `${name}-pooler`;
  const opts = { parent, provider };
  const labels = { [NAME_LABEL]: name, "app.kubernetes.io/part-of": "launchlab" };
  const metadata = (own: string) => ({ name: own, namespace, labels });

  const policies = Object.entries(policiesOf(name, pooler, args, place.neighbours)).map(
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
