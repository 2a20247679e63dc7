import { z } from "zod";
import { dockerContainer } from "../docker.ts";
import { containersOf } from "../pods.ts";
import { replicasOf } from "../replicas.ts";
import { isProcess, kindOf, type Resource, type StackRule, type Violation } from "../rule.ts";

/** `superuser_reserved_connections` of Postgres, which nobody else gets. */
const RESERVED = 3;

interface Pool {
  readonly name: string;
  readonly size: number;
  readonly copies: number;
  /** First label of the host's name. */
  readonly host: string;
}

const processSchema = z.object({
  name: z.string(),
  command: z.array(z.string()),
  env: z.record(z.string(), z.string()),
});

type Environment = Readonly<Record<string, string | undefined>>;

const poolOf = (name: string, copies: number, env: Environment): Pool[] =>
  env["DATABASE_POOL_SIZE"] === undefined
    ? []
    : [
        {
          name,
          copies,
          size: Number(env["DATABASE_POOL_SIZE"]),
          host: (env["DATABASE_HOST"] ?? "").split(".")[0] ?? "",
        },
      ];

function poolsOf(resources: readonly Resource[]): Pool[] {
  const pods = replicasOf(resources).flatMap(({ name, max, surge, containers }) =>
    containers.flatMap(({ env }) =>
      poolOf(name, max + surge, Object.fromEntries(env.map((one) => [one.name, one.value]))),
    ),
  );
  const processes = resources.filter(isProcess).flatMap((resource) => {
    const { name, env } = processSchema.parse(resource.props);
    return poolOf(name, 1, env);
  });
  // A new container comes before the old one goes.
  const containers = resources
    .filter((resource) => dockerContainer(resource) !== undefined)
    .flatMap((resource) =>
      containersOf(resource).flatMap(({ env }) =>
        poolOf(resource.name, 2, Object.fromEntries(env.map((one) => [one.name, one.value]))),
      ),
    );
  return [...pods, ...processes, ...containers];
}

const clusterSchema = z.object({
  spec: z.object({
    postgresql: z.object({ parameters: z.record(z.string(), z.string()).default({}) }).optional(),
  }),
});

/** `max_connections` of the Postgres that the resource runs. */
function limitOf(resource: Resource): number | undefined {
  if (kindOf(resource) === "Cluster") {
    const { postgresql } = clusterSchema.parse(resource.props).spec;
    // The default of Postgres.
    return Number(postgresql?.parameters["max_connections"] ?? 100);
  }
  const words = isProcess(resource)
    ? processSchema.parse(resource.props).command
    : containersOf(resource).flatMap(({ command, args }) => [...command, ...args]);
  const limit = words.flatMap((word) => /^max_connections=(\d+)$/.exec(word)?.[1] ?? []).at(-1);
  return limit === undefined ? undefined : Number(limit);
}

const poolerSchema = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    instances: z.int().default(1),
    pgbouncer: z.object({ parameters: z.record(z.string(), z.string()).default({}) }),
  }),
});

interface Pooler extends Pool {
  readonly resource: Resource;
  /** Connections that it takes from its clients. */
  readonly clients: number;
}

/** Numbers that are not given are PgBouncer's defaults. */
function poolersOf(resources: readonly Resource[]): Pooler[] {
  return resources
    .filter((resource) => kindOf(resource) === "Pooler")
    .map((resource) => {
      const { metadata, spec } = poolerSchema.parse(resource.props);
      const number = (key: string, otherwise: number): number =>
        Number(spec.pgbouncer.parameters[key] ?? otherwise);
      const pool = number("default_pool_size", 20) + number("reserve_pool_size", 0);
      // 0 is without a limit.
      const cap = number("max_db_connections", 0) || pool;
      const { name } = metadata;
      const clients = spec.instances * number("max_client_conn", 100);
      return { resource, name, size: Math.min(pool, cap), copies: spec.instances, host: "", clients };
    });
}

const total = (pools: readonly Pool[]): number => pools.reduce((sum, one) => sum + one.size * one.copies, 0);
const list = (pools: readonly Pool[]): string =>
  pools.map(({ name, size, copies }) => `${name} ${copies} x ${size}`).join(", ");

/** A database outside of the stack has a limit that is not known here. */
export const poolsFit: StackRule = {
  name: "pools-fit",
  description: "Postgres takes the connections of every replica, while a change rolls through as well.",
  checkStack: (resources) => {
    const poolers = poolersOf(resources);
    const pools = poolsOf(resources);
    const behind = (name: string): Pool[] => pools.filter(({ host }) => host === name);
    const crowded = poolers.flatMap((pooler): Violation[] => {
      const users = behind(pooler.name);
      return total(users) <= pooler.clients
        ? []
        : [
            {
              resource: pooler.resource,
              message: `${list(users)} are ${total(users)} connections, but it takes ${pooler.clients}: raise max_client_conn`,
            },
          ];
    });
    const direct = [...pools.filter(({ host }) => !poolers.some(({ name }) => name === host)), ...poolers];
    const full = resources.flatMap((resource): Violation[] => {
      const limit = limitOf(resource);
      return limit === undefined || total(direct) <= limit - RESERVED
        ? []
        : [
            {
              resource,
              message: `${list(direct)} are ${total(direct)} connections, but max_connections is ${limit} (${RESERVED} reserved): raise it, or make the pools smaller`,
            },
          ];
    });
    return [...crowded, ...full];
  },
};
