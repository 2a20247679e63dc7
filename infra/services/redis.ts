import * as pulumi from "@pulumi/pulumi";
import type { Capacity } from "../capacity.ts";
import { images } from "../images.ts";
import { url, type Endpoint, type Platform } from "../workload.ts";
import { serverConfig } from "./redis-config.ts";

export interface RedisArgs {
  readonly platform: Platform;
  readonly capacity: Capacity;
}

/** The cache and the counters of the rate limit: only speed. They survive a restart, and nobody needs them to. */
export class Redis extends pulumi.ComponentResource {
  readonly endpoint: Endpoint;
  readonly password: pulumi.Output<string>;
  /** Where Prometheus reads its figures. */
  readonly metrics: Endpoint;

  constructor(name: string, { platform, capacity }: RedisArgs, opts?: pulumi.ComponentResourceOptions) {
    super("launchlab:index:Redis", name, {}, opts);
    this.password = platform.password(`${name}-password`, 32, this);
    const server = platform.run(
      name,
      {
        kind: "stateful",
        image: images.redis,
        ports: [{ name: "redis", port: 6379, slot: 6, reachableFrom: ["web", "worker", `${name}-exporter`] }],
        // The log, its successor while it is rewritten, and what comes in meanwhile.
        data: { gigabytes: 5 },
        // A copy of its data while it forks, and the server itself.
        resources: { cpuMillis: 100, memoryMb: 2 * capacity.redisMemoryMb + 64 },
        files: (at) => [
          {
            path: "redis.conf",
            secret: true,
            content: this.password.apply((password) =>
              serverConfig({
                host: at.host,
                port: at.port("redis"),
                passwords: [password],
                memoryMb: capacity.redisMemoryMb,
                data: at.data,
              }),
            ),
          },
        ],
        command: (at) => ["redis-server", at.file("redis.conf")],
        health: { kind: "tcp", port: "redis" },
      },
      { parent: this },
    );
    this.endpoint = server.endpoint("redis");

    const address = url(this.endpoint).replace("http:", "redis:");
    const exporter = platform.run(
      `${name}-exporter`,
      {
        kind: "service",
        image: images.redisExporter,
        ports: [{ name: "metrics", port: 9121, slot: 8, reachableFrom: ["prometheus"] }],
        resources: { cpuMillis: 20, memoryMb: 64 },
        // The exporter reads a map from address to password.
        secrets: { REDIS_PASSWORD: pulumi.jsonStringify({ [address]: this.password }) },
        command: (at) => [
          "redis_exporter",
          `--redis.addr=${address}`,
          // A hung Redis has to show as redis_up 0, not as a scrape that timed out after 10 s.
          "--connection-timeout=3s",
          `--web.listen-address=${at.host}:${at.port("metrics")}`,
        ],
        health: { kind: "http", port: "metrics", path: "/health", live: "/health" },
      },
      { parent: this, dependsOn: [...server.nodes] },
    );
    this.metrics = exporter.endpoint("metrics");
    this.registerOutputs({});
  }
}
