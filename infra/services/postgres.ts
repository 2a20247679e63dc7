import * as pulumi from "@pulumi/pulumi";
import type { Capacity } from "../capacity.ts";
import { images } from "../images.ts";
import type { Connection, Endpoint, Platform } from "../workload.ts";

export interface PostgresArgs {
  readonly platform: Platform;
  readonly capacity: Capacity;
}

const DATABASE = "launchlab";

/** The database: everything that must not be lost. */
export class Postgres extends pulumi.ComponentResource {
  readonly connection: Connection;
  /** Where Prometheus reads its figures. */
  readonly metrics: Endpoint;

  constructor(name: string, { platform, capacity }: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    super("launchlab:index:Postgres", name, {}, opts);
    const password = platform.password(`${name}-password`, 32, this);
    const server = platform.run(
      name,
      {
        kind: "stateful",
        image: images.postgres,
        ports: [
          {
            name: "postgres",
            port: 5432,
            slot: 5,
            reachableFrom: ["web", "worker", "migrate", `${name}-exporter`],
          },
        ],
        data: { gigabytes: 20 },
        // Buffers, a work area for each connection, and the server itself.
        resources: {
          cpuMillis: 500,
          memoryMb: capacity.sharedBuffersMb + 10 * capacity.maxConnections + 256,
        },
        env: (at) => ({ POSTGRES_USER: DATABASE, POSTGRES_DB: DATABASE, PGDATA: `${at.data}/pgdata` }),
        secrets: { POSTGRES_PASSWORD: password },
        command: (at) => {
          const settings: Record<string, string | number> = {
            listen_addresses: at.host,
            port: at.port("postgres"),
            max_connections: capacity.maxConnections,
            shared_buffers: `${capacity.sharedBuffersMb}MB`,
            // A client that vanished must not keep its connection and locks for hours.
            tcp_keepalives_idle: 30,
            tcp_keepalives_interval: 5,
            tcp_keepalives_count: 3,
            log_min_duration_statement: "1s",
            log_lock_waits: "on",
          };
          const flags = Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
          return ["postgres", "-D", `${at.data}/pgdata`, ...flags];
        },
        health: {
          kind: "command",
          command: (at) => [
            "pg_isready",
            "-q",
            "-h",
            at.host,
            "-p",
            String(at.port("postgres")),
            "-d",
            DATABASE,
          ],
        },
        // Ends sessions at once and writes a checkpoint ("fast" shutdown).
        stopSignal: "SIGINT",
        stopSeconds: 30,
      },
      { parent: this },
    );
    const endpoint = server.endpoint("postgres");
    this.connection = { ...endpoint, user: DATABASE, password, database: DATABASE, tls: "disable" };

    const exporter = platform.run(
      `${name}-exporter`,
      {
        kind: "service",
        image: images.postgresExporter,
        ports: [{ name: "metrics", port: 9187, slot: 7, reachableFrom: ["prometheus"] }],
        resources: { cpuMillis: 20, memoryMb: 64 },
        env: () => ({
          DATA_SOURCE_URI: `${endpoint.host}:${endpoint.port}/${DATABASE}?sslmode=disable`,
          DATA_SOURCE_USER: DATABASE,
        }),
        secrets: { DATA_SOURCE_PASS: password },
        command: (at) => ["postgres_exporter", `--web.listen-address=${at.host}:${at.port("metrics")}`],
        health: { kind: "http", port: "metrics", path: "/", live: "/" },
      },
      { parent: this, dependsOn: [...server.nodes] },
    );
    this.metrics = exporter.endpoint("metrics");
    this.registerOutputs({});
  }
}
