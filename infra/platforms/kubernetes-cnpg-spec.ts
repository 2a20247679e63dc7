import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { PostgresClusterArgs } from "../workload.ts";

/** Where the servers and poolers of a cluster go. */
export interface ClusterPlace {
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

/** The `spec` of a Cluster, whose owner has the password of this Secret. */
export function clusterSpec(
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
        // No superuser here, but it makes the users of the bot, and that of the exporter, which reads all figures.
        postInitSQL: [
          `ALTER ROLE "${args.user}" CREATEROLE`,
          `GRANT pg_monitor TO "${args.user}" WITH ADMIN OPTION`,
        ],
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

/** The `spec` of a Pooler before the cluster of this name. */
export function poolerSpec(
  name: string,
  pooler: string,
  args: PostgresClusterArgs["pooler"],
  place: ClusterPlace,
) {
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
