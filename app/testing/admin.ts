import { pino } from "pino";
import { databaseConfig, sql, type Servers } from "../../test/support/database.ts";
import { redisPassword } from "../../test/support/redis.ts";
import { until } from "../../test/support/wait.ts";
import { adminApi, type AdminTools } from "../admin/api.ts";
import { createHealth } from "../admin/health.ts";
import { createMonitor } from "../admin/monitor.ts";
import { createAdminServer } from "../admin/server.ts";
import { createToken, roles, type Role } from "../admin/tokens.ts";
import { createCache } from "../cache/cache.ts";
import { createRedis } from "../cache/redis.ts";
import { createDatabase } from "../database/pool.ts";
import type { Log } from "../log.ts";
import { createMetrics } from "../metrics.ts";
import { createOperationWatch } from "../operation.ts";

export const stackToken = "token-that-came-with-the-configuration";

interface Options {
  readonly servers: Servers;
  readonly database: string;
  readonly log?: Log;
  /** Does dead letters. @default none can be done */
  readonly unitOfWork?: AdminTools["unitOfWork"];
}

/** The admin server of a web replica, inside of the test's process, on real servers. */
export async function startAdmin(options: Options) {
  const { servers, database: name, log = pino({}, { write: () => undefined }) } = options;
  const { unitOfWork = { replay: () => Promise.resolve(false) } } = options;
  const metrics = createMetrics("test");
  const database = createDatabase(databaseConfig(servers.postgres, name), metrics, log);
  const redis = createRedis(
    { host: "127.0.0.1", port: servers.redis, user: "bot", password: redisPassword },
    metrics,
    log,
  );
  const cache = createCache(redis, metrics, log, name);
  const health = createHealth(database, redis, log);
  const operation = createOperationWatch(database, log);
  const monitor = createMonitor(database, redis, operation, metrics, log);
  const build = { version: "1.2.3", source: "abcd1234" };
  const tools = { database, redis, cache, build, health, operation, monitor, unitOfWork, log };
  const server = createAdminServer({
    ...tools,
    mentor: undefined,
    metrics,
    api: (scope) => adminApi(scope, { ...tools, tokens: [stackToken] }),
  });
  /** Of the API: each as `METHOD path`. */
  const routes: string[] = [];
  server.addHook("onRoute", ({ method, url }) => {
    for (const one of [method].flat()) if (one !== "HEAD") routes.push(`${one} ${url}`);
  });
  await server.ready();
  await until("Redis is there", () => redis.available());
  const tokens = new Map<Role, string>();
  for (const role of roles) tokens.set(role, (await createToken(database.query, role, role, 1)).text);

  return {
    server,
    routes,
    database,
    redis,
    cache,
    metrics,
    operation,
    monitor,
    /** Asks with the token of a role, with another one, or without; from an address that many requests may share. */
    ask: async (
      route: string,
      by: Role | "nobody" | { token: string } = "owner",
      body?: unknown,
      remoteAddress = "127.0.0.1",
    ) => {
      const [method = "", url = ""] = route.split(" ");
      const token = typeof by === "object" ? by.token : by === "nobody" ? undefined : tokens.get(by);
      const answer = await server.inject({
        method: method as "GET",
        url,
        remoteAddress,
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { "content-type": "application/json" }),
        },
        ...(body !== undefined && { payload: JSON.stringify(body) }),
      });
      return {
        status: answer.statusCode,
        headers: answer.headers,
        text: answer.body,
        json: (): unknown => answer.json(),
      };
    },
    sql: (...statements: string[]) => sql(servers.postgres, name, ...statements),
    close: async () => {
      health.stop();
      await server.close();
      redis.close();
      await database.close();
    },
  };
}

export type TestAdmin = Awaited<ReturnType<typeof startAdmin>>;
