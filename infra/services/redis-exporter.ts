import * as pulumi from "@pulumi/pulumi";
import { images } from "../images.ts";
import type { Endpoint, Platform } from "../workload.ts";
import type { RedisUser } from "./redis-users.ts";

export interface ExporterArgs {
  readonly platform: Platform;
  readonly parent: pulumi.Resource;
  readonly dependsOn: readonly pulumi.Resource[];
  /** Place among the ports of one machine. */
  readonly slot: number;
  /** The first is its own; the others it reads when it is asked to. */
  readonly servers: readonly [Watched, ...Watched[]];
}

interface Watched {
  readonly endpoint: Endpoint;
  readonly password: pulumi.Output<string>;
}

const USER: RedisUser = "exporter";

/** The address of a server as the exporter is told it. */
export const redisUrl = ({ host, port }: Endpoint): string => `redis://${host}:${port}`;

/** Shows the figures of servers and Sentinels to Prometheus. */
export function runExporter(
  name: string,
  { platform, parent, dependsOn, slot, servers }: ExporterArgs,
): Endpoint {
  // Older versions look for the address without the user, newer ones for that with it.
  const passwords = servers.map(({ endpoint, password }) =>
    password.apply((secret): [string, string][] => [
      [redisUrl(endpoint), secret],
      [redisUrl(endpoint).replace("//", `//${USER}@`), secret],
    ]),
  );
  const exporter = platform.run(
    name,
    {
      kind: "service",
      image: images.redisExporter,
      ports: [{ name: "metrics", port: 9121, slot, reachableFrom: ["prometheus"] }],
      resources: { cpuMillis: 20, memoryMb: 64 },
      // The exporter reads a map from address to password.
      secrets: {
        REDIS_PASSWORD: pulumi.jsonStringify(
          pulumi.all(passwords).apply((all) => Object.fromEntries(all.flat())),
        ),
      },
      command: (at) => [
        "redis_exporter",
        `--redis.addr=${redisUrl(servers[0].endpoint)}`,
        `--redis.user=${USER}`,
        // It may not ask for the settings, which hold passwords.
        "--config-command=-",
        // A hung Redis has to show as redis_up 0, not as a scrape that timed out after 10 s.
        "--connection-timeout=3s",
        `--web.listen-address=${at.host}:${at.port("metrics")}`,
      ],
      health: { kind: "http", port: "metrics", path: "/health", live: "/health" },
    },
    { parent, dependsOn },
  );
  return exporter.endpoint("metrics");
}
