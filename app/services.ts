import { createHealth } from "./admin/health.ts";
import type { Build } from "./build.ts";
import { createCache } from "./cache/cache.ts";
import { createRedis } from "./cache/redis.ts";
import type { WebConfig, WorkerConfig } from "./config.ts";
import { createDatabase } from "./database/pool.ts";
import type { Log } from "./log.ts";
import { createMentor } from "./mentor/mentor.ts";
import { createMetrics } from "./metrics.ts";
import { createOperationWatch } from "./operation.ts";
import { createApi } from "./telegram/api.ts";
import { createRegistration } from "./telegram/registration.ts";
import { createSender } from "./telegram/sender.ts";

/** What both the web replicas and the worker stand on. Nothing of it waits for another program to be there. */
export function createServices(config: WebConfig | WorkerConfig, build: Build, log: Log) {
  const metrics = createMetrics(build.version, build.source);
  const database = createDatabase(config.database, metrics, log);
  const redis = createRedis(config.redis, metrics, log);
  const cache = createCache(redis, metrics, log);
  const api = createApi(config.telegram.apiUrl, config.telegram.token, metrics);
  const sender = createSender(database, api, log);
  const register = createRegistration(database, api, config.telegram);
  const operation = createOperationWatch(database, log);
  const health = createHealth(database, redis, log);
  const mentor =
    config.role === "worker" && config.mentor !== undefined
      ? createMentor(config.mentor, metrics, log)
      : undefined;
  return {
    metrics,
    database,
    redis,
    cache,
    api,
    sender,
    register,
    mentor,
    health,
    operation,
    build,
    /** Last: everything that used these has ended. */
    close: async () => {
      health.stop();
      api.close();
      redis.close();
      await database.close();
    },
  };
}

export type Services = ReturnType<typeof createServices>;
