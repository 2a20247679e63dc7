import * as pulumi from "@pulumi/pulumi";
import { loginKinds, type LoginKind } from "../../app/config.ts";
import type { Capacity } from "../capacity.ts";
import type { Config } from "../config.ts";
import { destination } from "../destination.ts";
import { clusterImages, images } from "../images.ts";
import { rotated } from "../rotation.ts";
import type { Connection, Endpoint, Platform } from "../workload.ts";

type Settings =
  | "postgresHa"
  | "postgresHost"
  | "postgresPort"
  | "postgresUser"
  | "postgresDatabase"
  | "postgresTls"
  | "postgresCa"
  | "secretGeneration";

export interface PostgresArgs {
  readonly platform: Platform;
  readonly capacity: Capacity;
  readonly config: Pick<Config, Settings>;
  /** Of an external database. */
  readonly password: pulumi.Output<string> | undefined;
}

/** A database that runs, or is known to. */
interface Database {
  /** For many short transactions. */
  readonly connection: Connection;
  /** For what needs a session of its own. */
  readonly direct: Connection;
  /** For who reads the server's figures. */
  readonly monitor: Connection;
  /** For who copies everything. */
  readonly backup: Connection;
  /** What has to run before a client does. */
  readonly nodes: readonly pulumi.Resource[];
  readonly metrics: readonly { readonly job: string; readonly endpoint: Endpoint }[];
  /** Undefined where somebody else makes the users. */
  readonly logins: Logins | undefined;
}

const NAME = "launchlab";

/** Who needs a session of its own. */
const withSessions = (name: string): string[] => [
  "migrate",
  "backup",
  "backup-drill",
  "backup-restore",
  `${name}-exporter`,
];

/** What one server needs: buffers, a work area for each connection, and the server itself. */
const resources = ({ sharedBuffersMb, maxConnections }: Capacity) => ({
  cpuMillis: 500,
  memoryMb: sharedBuffersMb + 10 * maxConnections + 256,
});

interface Login {
  readonly user: string;
  readonly password: pulumi.Output<string>;
}

/** Users of the database that migrations keep. */
export interface Logins {
  /** Each with what it is for, such as `bot:launchlab_bot_1`. */
  readonly users: readonly string[];
  /** One a line. */
  readonly passwords: pulumi.Output<string>;
}

/**
 * Whom each kind of client logs in as, and all users that are kept: a password changes by a change of user, so that the
 * one before goes on until nobody has it any more.
 */
function ownLogins(
  name: string,
  { platform, config: { secretGeneration: generation } }: PostgresArgs,
  parent: pulumi.Resource,
): Record<LoginKind, Login> & { readonly logins: Logins } {
  const keptFor = (kind: LoginKind): readonly [Login, ...Login[]] => {
    const { current, previous } = rotated(platform, `${name}-${kind}-password`, 32, generation, parent);
    const user = (number: number): string => `${NAME}_${kind}_${number}`;
    const older = previous === undefined ? [] : [{ user: user(generation - 1), password: previous }];
    return [{ user: user(generation), password: current }, ...older];
  };
  const kept = { bot: keptFor("bot"), monitor: keptFor("monitor"), backup: keptFor("backup") };
  const all = loginKinds.flatMap((kind) => kept[kind].map((login) => ({ kind, ...login })));
  return {
    bot: kept.bot[0],
    monitor: kept.monitor[0],
    backup: kept.backup[0],
    logins: {
      users: all.map(({ kind, user }) => `${kind}:${user}`),
      passwords: pulumi.all(all.map(({ password }) => password)).apply((texts) => texts.join("\n")),
    },
  };
}

/** Settings of a server, wherever it runs. */
const parameters = ({ maxConnections, sharedBuffersMb }: Capacity): Record<string, string> => ({
  max_connections: String(maxConnections),
  shared_buffers: `${sharedBuffersMb}MB`,
  // A client that vanished must not keep its connection and locks for hours.
  tcp_keepalives_idle: "30",
  tcp_keepalives_interval: "5",
  tcp_keepalives_count: "3",
  log_min_duration_statement: "1s",
  log_lock_waits: "on",
});

/** One server. While it is away, updates wait at Telegram. */
function server(name: string, args: PostgresArgs, parent: pulumi.Resource): Database {
  const { platform, capacity } = args;
  const password = platform.password(`${name}-password`, 32, parent, true);
  const running = platform.run(
    name,
    {
      kind: "stateful",
      image: images.postgres,
      ports: [
        {
          name: "postgres",
          port: 5432,
          slot: 5,
          reachableFrom: ["web", "worker", ...withSessions(name)],
        },
      ],
      data: { gigabytes: 20 },
      resources: resources(capacity),
      env: (at) => ({ POSTGRES_USER: NAME, POSTGRES_DB: NAME, PGDATA: `${at.data}/pgdata` }),
      secrets: { POSTGRES_PASSWORD: password },
      command: (at) => {
        const settings = {
          listen_addresses: at.host,
          port: at.port("postgres"),
          ...parameters(capacity),
        };
        const flags = Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
        return ["postgres", "-D", `${at.data}/pgdata`, ...flags];
      },
      health: {
        kind: "command",
        command: (at) => ["pg_isready", "-q", "-h", at.host, "-p", String(at.port("postgres")), "-d", NAME],
      },
      // Ends sessions at once and writes a checkpoint ("fast" shutdown).
      stopSignal: "SIGINT",
      stopSeconds: 30,
    },
    { parent },
  );
  const direct: Connection = {
    ...running.endpoint("postgres"),
    user: NAME,
    password,
    database: NAME,
    tls: "disable",
  };
  const { bot, monitor, backup, logins } = ownLogins(name, args, parent);
  return {
    connection: { ...direct, ...bot },
    direct,
    monitor: { ...direct, ...monitor },
    backup: { ...direct, ...backup },
    nodes: running.nodes,
    metrics: [],
    logins,
  };
}

/** Three servers and two poolers. No acknowledged update is lost with any one of them. */
function cluster(name: string, args: PostgresArgs, parent: pulumi.Resource): Database {
  const { platform, capacity, config } = args;
  if (platform.postgresCluster === undefined) throw new Error("the platform looks after no Postgres cluster");
  // Its operator gives the user a new one as soon as it sees it; who comes a moment before tries again.
  const password = rotated(platform, `${name}-password`, 32, config.secretGeneration, parent).current;
  const { pooled, direct, ca, nodes, metrics } = platform.postgresCluster(
    name,
    {
      image: clusterImages.postgres,
      instances: 3,
      database: NAME,
      user: NAME,
      password,
      data: { gigabytes: 20 },
      resources: resources(capacity),
      parameters: parameters(capacity),
      reachableFrom: withSessions(name),
      watchedFrom: ["prometheus"],
      pooler: {
        image: clusterImages.pooler,
        instances: capacity.poolers,
        resources: { cpuMillis: 100, memoryMb: 128 },
        poolSize: capacity.poolerPoolSize,
        maxClients: capacity.poolerClients,
        reachableFrom: ["web", "worker"],
      },
    },
    { parent },
  );
  const login = { user: NAME, password, database: NAME, tls: "verify-full", ca: { from: ca } } as const;
  const { bot, monitor, backup, logins } = ownLogins(name, args, parent);
  return {
    connection: { ...pooled, ...login, ...bot },
    direct: { ...direct, ...login },
    monitor: { ...direct, ...login, ...monitor },
    backup: { ...direct, ...login, ...backup },
    logins,
    nodes,
    metrics: [
      { job: "postgres-instances", endpoint: metrics.instances },
      { job: "postgres-poolers", endpoint: metrics.poolers },
    ],
  };
}

/** A database that somebody else runs. */
function external({ config, password }: PostgresArgs): Database {
  const { postgresHost: host, postgresPort: port, postgresTls: tls, postgresCa: ca } = config;
  if (host === undefined || password === undefined)
    throw new Error("host and password of the database are missing");
  const connection: Connection = {
    host,
    port,
    user: config.postgresUser,
    password,
    database: config.postgresDatabase,
    tls,
    ...(ca === undefined ? {} : { ca: { content: ca } }),
    calls: [destination(host, port)],
  };
  return {
    connection,
    direct: connection,
    monitor: connection,
    backup: connection,
    nodes: [],
    metrics: [],
    logins: undefined,
  };
}

/** The database: everything that must not be lost. */
export class Postgres extends pulumi.ComponentResource {
  /** How the bot reaches it; nothing of a session may be kept between two transactions. */
  readonly connection: Connection;
  /** How migrations reach it, with a session of their own, as the owner. */
  readonly direct: Connection;
  /** How the exporter reaches it. */
  readonly monitor: Connection;
  /** How backups reach it. */
  readonly backup: Connection;
  /** The settings that its servers were given; undefined where somebody else gives them. */
  readonly settings: Readonly<Record<string, string>> | undefined;
  /** The users that migrations make. */
  readonly logins: Logins | undefined;
  /** Where Prometheus reads the figures of a cluster's members, by scrape job. */
  readonly memberMetrics: Database["metrics"];
  /** What has to run before a client does. */
  readonly nodes: readonly pulumi.Resource[];

  constructor(name: string, args: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    super("launchlab:index:Postgres", name, {}, opts);
    const kinds = {
      none: () => server(name, args, this),
      "cloudnative-pg": () => cluster(name, args, this),
      external: () => external(args),
    } satisfies Record<Config["postgresHa"], () => Database>;
    const { postgresHa } = args.config;
    const { connection, direct, monitor, backup, logins, nodes, metrics } = kinds[postgresHa]();
    this.connection = connection;
    this.direct = direct;
    this.monitor = monitor;
    this.backup = backup;
    this.settings = postgresHa === "external" ? undefined : parameters(args.capacity);
    this.logins = logins;
    this.memberMetrics = metrics;
    this.nodes = nodes;
    this.registerOutputs({});
  }
}
