import * as pulumi from "@pulumi/pulumi";
import type { Capacity } from "../capacity.ts";
import type { Config } from "../config.ts";
import { images } from "../images.ts";
import type { Endpoint, Platform } from "../workload.ts";
import type { ScrapeJob } from "./prometheus.ts";
import { PRIMARY, serverConfig } from "./redis-config.ts";
import { redisUrl, runExporter } from "./redis-exporter.ts";
import { runSentinels } from "./redis-sentinel.ts";
import { redisSecrets } from "./redis-users.ts";

export interface RedisArgs {
  readonly platform: Platform;
  readonly capacity: Capacity;
  readonly config: Pick<Config, "redisHa" | "secretGeneration">;
}

/** How a client reaches Redis: at its address, or at the one that the Sentinels name for the primary. */
export type RedisConnection = { readonly user: string; readonly password: pulumi.Output<string> } & (
  | { readonly endpoint: Endpoint }
  | {
      readonly sentinels: readonly Endpoint[];
      readonly primary: string;
      readonly sentinelPassword: pulumi.Output<string>;
    }
);

/** Workloads that use Redis. */
const CLIENTS = ["web", "worker"];

/** The cache and the counters of the rate limit: only speed. They survive a restart, and nobody needs them to. */
export class Redis extends pulumi.ComponentResource {
  readonly connection: RedisConnection;
  /** What Prometheus reads. */
  readonly jobs: readonly ScrapeJob[];

  constructor(name: string, args: RedisArgs, opts?: pulumi.ComponentResourceOptions) {
    super("launchlab:index:Redis", name, {}, opts);
    const made = args.config.redisHa === "sentinel" ? this.three(name, args) : this.one(name, args);
    this.connection = made.connection;
    this.jobs = made.jobs;
    this.registerOutputs({});
  }

  private one(name: string, { platform, capacity, config }: RedisArgs): Pick<Redis, "connection" | "jobs"> {
    const { current, accepted } = redisSecrets(platform, name, config.secretGeneration, this);
    const server = platform.run(
      name,
      {
        kind: "stateful",
        ...size(capacity),
        ports: [{ name: "redis", port: 6379, slot: 6, reachableFrom: [...CLIENTS, `${name}-exporter`] }],
        files: (at) => [
          {
            path: "redis.conf",
            secret: true,
            content: accepted.apply((passwords) => {
              const listen = { host: at.host, port: at.port("redis") };
              return serverConfig({
                ...listen,
                passwords,
                memoryMb: capacity.redisMemoryMb,
                data: at.data,
              });
            }),
          },
        ],
        command: (at) => ["redis-server", at.file("redis.conf")],
        health: { kind: "tcp", port: "redis" },
      },
      { parent: this },
    );
    const endpoint = server.endpoint("redis");
    const watched = { platform, parent: this, dependsOn: server.nodes, slot: 8 };
    const servers = [{ endpoint, password: current.exporter }] as const;
    const exporter = runExporter(`${name}-exporter`, { ...watched, servers });
    return {
      connection: { endpoint, user: "bot", password: current.bot },
      jobs: [{ job: "redis", targets: [{ endpoint: exporter }] }],
    };
  }

  private three(name: string, { platform, capacity, config }: RedisArgs): Pick<Redis, "connection" | "jobs"> {
    const secrets = (own: string) => redisSecrets(platform, own, config.secretGeneration, this);
    const [ofServers, ofSentinels] = [secrets(name), secrets(`${name}-sentinel`)];
    const { servers, sentinels, nodes } = runSentinels(name, {
      platform,
      parent: this,
      memoryMb: capacity.redisMemoryMb,
      server: size(capacity),
      passwords: ofServers.accepted,
      sentinelPasswords: ofSentinels.accepted,
      clients: CLIENTS,
      exporter: (number) => `${name}-${number}-exporter`,
    });
    const watched = { platform, parent: this, dependsOn: nodes };
    const pairs = servers.map((endpoint, number) => {
      const sentinel = sentinels[number] ?? endpoint;
      const exporter = runExporter(`${name}-${number}-exporter`, {
        ...watched,
        slot: 30 + number,
        servers: [
          { endpoint, password: ofServers.current.exporter },
          { endpoint: sentinel, password: ofSentinels.current.exporter },
        ],
      });
      // Labels with two underscores tell Prometheus what to ask the exporter for.
      const question = { __metrics_path__: "/scrape", __param_target: redisUrl(sentinel) };
      return {
        server: { endpoint: exporter, labels: { instance: `${name}-${number}` } },
        sentinel: { endpoint: exporter, labels: { instance: `${name}-sentinel-${number}`, ...question } },
      };
    });
    return {
      connection: {
        user: "bot",
        password: ofServers.current.bot,
        sentinels,
        primary: PRIMARY,
        sentinelPassword: ofSentinels.current.bot,
      },
      jobs: [
        { job: "redis", targets: pairs.map(({ server }) => server) },
        { job: "redis-sentinel", targets: pairs.map(({ sentinel }) => sentinel) },
      ],
    };
  }
}

const size = ({ redisMemoryMb }: Capacity) => ({
  image: images.redis,
  // The log, its successor while it is rewritten, and what comes in meanwhile.
  data: { gigabytes: 5 },
  // A copy of its data while it forks, and the server itself.
  resources: { cpuMillis: 100, memoryMb: 2 * redisMemoryMb + 64 },
});
