import * as pulumi from "@pulumi/pulumi";
import type { Capacity } from "../capacity.ts";
import type { Config } from "../config.ts";
import { destination } from "../destination.ts";
import { clusterImages, images } from "../images.ts";
import { rotated } from "../rotation.ts";
import type { Connection, Endpoint, Platform } from "../workload.ts";
import { renderQueries } from "./postgres-queries.ts";

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
  /** What has to run before a client does. */
  readonly nodes: readonly pulumi.Resource[];
  readonly metrics: readonly { readonly job: string; readonly endpoint: Endpoint }[];
  /** Undefined where somebody else makes the users. */
  readonly logins: Logins | undefined;
}

const NAME = "launchlab";
const CA = "database-ca.pem";
const QUERIES = "queries.yaml";

/** Who needs a session of its own. */
const withSessions = (name: string): string[] => ["migrate", "backup", "backup-drill", `${name}-exporter`];

/** What one server needs: buffers, a work area for each connection, and the server itself. */
const resources = ({ sharedBuffersMb, maxConnections }: Capacity) => ({
  cpuMillis: 500,
  memoryMb: sharedBuffersMb + 10 * maxConnections + 256,
});

/** Users of the database that migrations keep for the bot, the present one first. */
export interface Logins {
  readonly users: readonly string[];
  /** One a line. */
  readonly passwords: pulumi.Output<string>;
}

/**
 * The user that the bot works as, and all that are kept: a password changes by a change of user, so that the one before
 * goes on until nobody has it any more.
 */
function botLogins(
  name: string,
  { platform, config: { secretGeneration: generation } }: PostgresArgs,
  parent: pulumi.Resource,
): { readonly bot: { user: string; password: pulumi.Output<string> }; readonly logins: Logins } {
  const { current, previous } = rotated(platform, `${name}-bot-password`, 32, generation, parent);
  const user = `${NAME}_bot_${generation}`;
  const older = previous === undefined ? [] : [{ user: `${NAME}_bot_${generation - 1}`, password: previous }];
  const kept = [{ user, password: current }, ...older];
  return {
    bot: { user, password: current },
    logins: {
      users: kept.map((one) => one.user),
      passwords: pulumi.all(kept.map(({ password }) => password)).apply((all) => all.join("\n")),
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
  const { bot, logins } = botLogins(name, args, parent);
  return { connection: { ...direct, ...bot }, direct, nodes: running.nodes, metrics: [], logins };
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
  const { bot, logins } = botLogins(name, args, parent);
  return {
    connection: { ...pooled, ...login, ...bot },
    direct: { ...direct, ...login },
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
  return { connection, direct: connection, nodes: [], metrics: [], logins: undefined };
}

/** The database: everything that must not be lost. */
export class Postgres extends pulumi.ComponentResource {
  /** How the bot reaches it; nothing of a session may be kept between two transactions. */
  readonly connection: Connection;
  /** How migrations and backups reach it, with a session of their own. */
  readonly direct: Connection;
  /** The users that migrations make for the bot. */
  readonly logins: Logins | undefined;
  /** Where Prometheus reads its figures. */
  readonly metrics: Endpoint;
  /** Where it reads those of a cluster's members, by scrape job. */
  readonly memberMetrics: Database["metrics"];

  constructor(name: string, args: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    super("launchlab:index:Postgres", name, {}, opts);
    const kinds = {
      none: () => server(name, args, this),
      "cloudnative-pg": () => cluster(name, args, this),
      external: () => external(args),
    } satisfies Record<Config["postgresHa"], () => Database>;
    const { connection, direct, logins, nodes, metrics } = kinds[args.config.postgresHa]();
    this.connection = connection;
    this.direct = direct;
    this.logins = logins;
    this.memberMetrics = metrics;

    const { host, port, database, tls, ca } = direct;
    const managed = args.config.postgresHa !== "external";
    const authority = host.includes(":") ? `[${host}]` : host;
    const exporter = args.platform.run(
      `${name}-exporter`,
      {
        kind: "service",
        image: images.postgresExporter,
        ports: [{ name: "metrics", port: 9187, slot: 7, reachableFrom: ["prometheus"] }],
        resources: { cpuMillis: 20, memoryMb: 64 },
        calls: direct.calls ?? [],
        files: () => [
          ...(ca === undefined ? [] : [{ path: CA, ...ca }]),
          { path: QUERIES, content: renderQueries(managed ? parameters(args.capacity) : undefined) },
        ],
        env: (at) => ({
          DATA_SOURCE_URI:
            `${authority}:${port}/${encodeURIComponent(database)}?sslmode=${tls}` +
            (ca === undefined ? "" : `&sslrootcert=${at.file(CA)}`),
          DATA_SOURCE_USER: direct.user,
        }),
        secrets: { DATA_SOURCE_PASS: direct.password },
        command: (at) => [
          "postgres_exporter",
          `--web.listen-address=${at.host}:${at.port("metrics")}`,
          `--extend.query-path=${at.file(QUERIES)}`,
        ],
        health: { kind: "http", port: "metrics", path: "/", live: "/" },
      },
      { parent: this, dependsOn: [...nodes] },
    );
    this.metrics = exporter.endpoint("metrics");
    this.registerOutputs({});
  }
}
