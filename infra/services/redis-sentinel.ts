import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { images } from "../images.ts";
import type { ConfigFile, Endpoint, Platform, Port, WorkloadArgs } from "../workload.ts";
import { memberConfig, question, sentinelConfig } from "./redis-config.ts";
import type { RedisPasswords } from "./redis-users.ts";

export interface SentinelArgs {
  readonly platform: Platform;
  readonly parent: pulumi.Resource;
  readonly memoryMb: number;
  /** What a server has, whether it is alone or not. */
  readonly server: Pick<WorkloadArgs, "image" | "resources" | "data">;
  /** Of the servers. */
  readonly passwords: pulumi.Output<RedisPasswords>;
  readonly sentinelPasswords: pulumi.Output<RedisPasswords>;
  /** Workloads that use Redis. */
  readonly clients: readonly string[];
  /** Workload that watches the server and the Sentinel of this number. */
  readonly exporter: (number: number) => string;
}

interface Member {
  readonly name: string;
  readonly port: Port;
  readonly endpoint: Endpoint;
}

/** Three, so that two can agree on what has happened to the third. */
const three = <T>(make: (number: number) => T): readonly [T, T, T] => [make(0), make(1), make(2)];

const script = (name: string): ConfigFile => ({
  path: name,
  content: readFileSync(join(import.meta.dirname, name), "utf8"),
});
const addressOf = ({ endpoint: { host, port } }: Member): string => `${host}:${port}`;

/**
 * Three servers, one of which is the primary, and three Sentinels, which make another one the primary when it is away.
 * Each is a workload of its own: it has a name by which the others know it, and data of its own.
 */
export function runSentinels(
  name: string,
  args: SentinelArgs,
): { servers: Endpoint[]; sentinels: Endpoint[]; nodes: pulumi.Resource[] } {
  const { platform, parent, memoryMb, passwords, sentinelPasswords } = args;
  const names = [
    ...three((number) => `${name}-${number}`),
    ...three((number) => `${name}-sentinel-${number}`),
  ];
  const member = (own: string, number: number, port: Port): Member => {
    const others = names.filter((one) => one !== own);
    const reachableFrom = [...args.clients, ...others, args.exporter(number)];
    const placed = { ...port, slot: port.slot + number, reachableFrom };
    return { name: own, port: placed, endpoint: platform.address(own, placed) };
  };
  const servers = three((number) =>
    member(`${name}-${number}`, number, { name: "redis", port: 6379, slot: 24 }),
  );
  const sentinels = three((number) =>
    member(`${name}-sentinel-${number}`, number, { name: "sentinel", port: 26379, slot: 27 }),
  );

  const nodes: pulumi.Resource[] = [];
  const run = (
    { name: own, port }: Member,
    workload: Pick<WorkloadArgs, "image" | "apart" | "data" | "resources" | "files" | "command">,
  ): void => {
    const health = { kind: "tcp", port: port.name } as const;
    // Each waits for those before it: they are replaced one by one, the Sentinels first, whom the servers ask.
    const opts = { parent, dependsOn: [...nodes] };
    nodes.push(...platform.run(own, { kind: "stateful", ...workload, ports: [port], health }, opts).nodes);
  };

  for (const sentinel of sentinels) {
    run(sentinel, {
      image: images.redis,
      apart: `${name}-sentinel`,
      data: { gigabytes: 1 },
      resources: { cpuMillis: 20, memoryMb: 64 },
      files: (at) => [
        script("redis-sentinel.sh"),
        {
          path: "sentinel.conf",
          secret: true,
          content: pulumi.all([passwords, sentinelPasswords]).apply(([{ member }, own]) =>
            sentinelConfig({
              host: at.host,
              port: at.port("sentinel"),
              announced: sentinel.endpoint,
              data: at.data,
              primary: servers[0].endpoint,
              replicas: [servers[1].endpoint, servers[2].endpoint],
              passwords: own,
              serverPassword: member[0],
            }),
          ),
        },
      ],
      command: (at) => [
        "/bin/sh",
        at.file("redis-sentinel.sh"),
        at.file("sentinel.conf"),
        at.data,
        ...servers.map(addressOf),
      ],
    });
  }
  for (const server of servers) {
    run(server, {
      ...args.server,
      apart: name,
      files: (at) => [
        script("redis-server.sh"),
        {
          path: "redis.conf",
          secret: true,
          content: passwords.apply((own) => {
            const listen = { host: at.host, port: at.port("redis") };
            return memberConfig({ ...listen, passwords: own, memoryMb, data: at.data }, server.endpoint);
          }),
        },
        {
          path: "question",
          secret: true,
          content: sentinelPasswords.apply(({ member }) => question(member[0])),
        },
      ],
      command: (at) => [
        "/bin/sh",
        at.file("redis-server.sh"),
        at.file("redis.conf"),
        at.scratch,
        at.file("question"),
        addressOf(server),
        ...sentinels.map(addressOf),
      ],
    });
  }
  const endpoints = (members: readonly Member[]): Endpoint[] => members.map(({ endpoint }) => endpoint);
  return { servers: endpoints(servers), sentinels: endpoints(sentinels), nodes };
}
