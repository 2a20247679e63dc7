import { setTimeout as pause } from "node:timers/promises";
import { adminApi, type AdminTools } from "./admin/api.ts";
import { createMonitor } from "./admin/monitor.ts";
import type { WebConfig } from "./config.ts";
import { planOf } from "./database/payments.ts";
import { createCheckout } from "./features/checkout.ts";
import { warmUp } from "./features/search-cache.ts";
import { createServer } from "./http.ts";
import type { Log } from "./log.ts";
import { every, repeat } from "./repeat.ts";
import type { Role } from "./role.ts";
import type { Services } from "./services.ts";
import { handler } from "./telegram/bot.ts";
import { createFailures } from "./telegram/failures.ts";
import { createRateLimit } from "./telegram/limit.ts";
import { createMaintenanceWatch, MAINTENANCE_LOOK_MS } from "./telegram/maintenance.ts";
import { createMe } from "./telegram/me.ts";
import { createUnitOfWork } from "./telegram/update.ts";
import { createWebhook } from "./telegram/webhook.ts";

/** Milliseconds that a handler may take before it is given up. */
const handlerLimit = 8000;

/** The role that serves the webhook and the admin API; once stopped, existing updates are finished, none is cut off. */
export function createWeb(config: WebConfig, services: Services, log: Log): Role {
  const { database, redis, cache, api, sender, register, health, metrics, operation } = services;
  const background = new AbortController();
  const maintenance = createMaintenanceWatch(database, redis, metrics, log);
  const unitOfWork = createUnitOfWork({
    database,
    sender,
    failures: createFailures(redis),
    handler,
    maintenance,
    me: createMe(config.telegram.token, api, log, background.signal),
    admins: config.admins,
    premiumStars: config.premiumStars,
    cache,
    metrics,
    log,
    handlerLimit,
  });
  const webhook = createWebhook({
    secrets: config.telegram.webhookSecrets,
    inFlightLimit: config.inFlightLimit,
    rateLimit: createRateLimit(redis, {
      ...config.rateLimit,
      replicas: config.replicas,
      planOf: (userId) => planOf(database.query, userId),
      log,
    }),
    checkout: createCheckout({ database, premiumStars: config.premiumStars, maintenance, log }),
    unitOfWork,
    metrics,
    log,
  });
  const monitor = createMonitor(database, redis, operation, metrics, log);
  const tools: AdminTools = { ...services, monitor, unitOfWork, tokens: config.adminTokens, log };

  async function start(): Promise<() => Promise<void>> {
    const watching = Promise.all([
      every(MAINTENANCE_LOOK_MS, "looking for maintenance", log, background.signal, maintenance.refresh),
      operation.watch(background.signal),
      monitor.watch(background.signal),
    ]);
    const server = createServer(metrics, log);
    webhook.register(server);
    await server.listen({ host: config.host, port: config.port });
    const registration = repeat("registering the webhook", log, background.signal, async () => {
      const done = (await register()) !== undefined;
      if (done) log.info("the webhook is registered");
      return done;
    });

    redis.whenThere(() => {
      warmUp(cache, database.query).catch((error: unknown) =>
        log.warn({ err: error }, "the cache could not be warmed up"),
      );
    });

    return async () => {
      // Whoever routes to us sees it on /ready, and meanwhile updates still arrive.
      health.drain();
      background.abort();
      await pause(config.drainSeconds * 1000);
      webhook.refuse();
      await server.close();
      await unitOfWork.settled();
      await Promise.all([registration, watching]);
    };
  }

  return { monitor, api: (server) => adminApi(server, tools), start };
}
