import { Composer, type MiddlewareFn } from "grammy";
import { pino } from "pino";
import { databaseConfig, sql, type Servers } from "../../test/support/database.ts";
import { redisPassword } from "../../test/support/redis.ts";
import { until } from "../../test/support/wait.ts";
import { createCache } from "../cache/cache.ts";
import { createRedis } from "../cache/redis.ts";
import { planOf } from "../database/payments.ts";
import { createDatabase } from "../database/pool.ts";
import { createCheckout } from "../features/checkout.ts";
import { createServer } from "../http.ts";
import type { Log } from "../log.ts";
import { createMetrics } from "../metrics.ts";
import { every } from "../repeat.ts";
import { createApi } from "../telegram/api.ts";
import { handler } from "../telegram/bot.ts";
import type { BotContext } from "../telegram/context.ts";
import { createFailures } from "../telegram/failures.ts";
import { createRateLimit } from "../telegram/limit.ts";
import { createMaintenanceWatch } from "../telegram/maintenance.ts";
import { createMe } from "../telegram/me.ts";
import { createSender } from "../telegram/sender.ts";
import { createUnitOfWork } from "../telegram/update.ts";
import { createWebhook } from "../telegram/webhook.ts";

export const secret = "test-secret_1";
export const token = "1000:test-token_test-token";

interface Options {
  readonly servers: Servers;
  readonly database: string;
  readonly apiUrl: string;
  readonly token?: string;
  readonly handler?: MiddlewareFn<BotContext>;
  readonly handlerLimit?: number;
  readonly inFlightLimit?: number;
  readonly requests?: number;
  readonly replicas?: number;
  readonly poolSize?: number;
  readonly secrets?: readonly string[];
  readonly admins?: readonly number[];
  /** Commits and never sends, like a replica that dies right after the commit. */
  readonly diesAfterCommit?: boolean;
  readonly log?: Log;
}

/** One web replica inside of the test's process, on real servers; updates come in without a port. */
export async function startBot(options: Options) {
  const { servers, token: own = token } = options;
  const log = options.log ?? pino({ level: "silent" });
  const metrics = createMetrics("test");
  const stopping = new AbortController();
  const database = createDatabase(
    databaseConfig(servers.postgres, options.database, options.poolSize),
    metrics,
    log,
  );
  const redis = createRedis(
    { host: "127.0.0.1", port: servers.redis, user: "bot", password: redisPassword },
    metrics,
    log,
  );
  const cache = createCache(redis, metrics, log, options.database);
  const api = createApi(options.apiUrl, own, metrics);
  const sender = createSender(database, api, log);
  const nothing = { send: () => Promise.resolve(), sendWaiting: () => Promise.resolve() };
  const maintenance = createMaintenanceWatch(database, redis, metrics, log);
  const watching = every(100, "looking for maintenance", log, stopping.signal, maintenance.refresh);
  const unitOfWork = createUnitOfWork({
    database,
    sender: options.diesAfterCommit === true ? nothing : sender,
    failures: createFailures(redis),
    handler: options.handler ?? handler,
    maintenance,
    me: createMe(own, api, log, stopping.signal),
    admins: options.admins ?? [],
    premiumStars: 250,
    cache,
    metrics,
    log,
    handlerLimit: options.handlerLimit ?? 8000,
  });
  const webhook = createWebhook({
    secrets: options.secrets ?? [secret],
    inFlightLimit: options.inFlightLimit ?? 150,
    rateLimit: createRateLimit(redis, {
      requests: options.requests ?? 100,
      seconds: 60,
      replicas: options.replicas ?? 1,
      planOf: (userId) => planOf(database.query, userId),
      log,
    }),
    checkout: createCheckout({ database, premiumStars: 250, maintenance, log }),
    unitOfWork,
    metrics,
    log,
  });
  const server = createServer(metrics, log);
  webhook.register(server);
  await until("Redis is there", () => redis.available());

  return {
    metrics,
    database,
    redis,
    cache,
    api,
    sender,
    webhook,
    server,
    unitOfWork,
    /** Delivers like Telegram; returns status, headers and body of the acknowledgement. */
    deliver: async (body: unknown, header: string | undefined = secret) => {
      const response = await server.inject({
        method: "POST",
        url: "/telegram",
        headers: {
          "content-type": "application/json",
          ...(header !== "" && { "x-telegram-bot-api-secret-token": header }),
        },
        payload: typeof body === "string" ? body : JSON.stringify(body),
      });
      return { status: response.statusCode, headers: response.headers, body: response.body };
    },
    /** Value of a metric, as a scrape would show it. */
    metric: async (name: string, labels: Record<string, string> = {}) => {
      const found = (await metrics.registry.getMetricsAsJSON()).find((metric) => metric.name === name);
      const wanted = Object.entries(labels);
      return found?.values.find((value) => {
        const own = new Map(Object.entries(value.labels));
        return wanted.every(([key, expected]) => String(own.get(key)) === expected);
      })?.value;
    },
    sql: (...statements: string[]) => sql(servers.postgres, options.database, ...statements),
    close: async () => {
      stopping.abort();
      await watching;
      await server.close();
      await unitOfWork.settled();
      api.close();
      redis.close();
      await database.close();
    },
  };
}

export type TestBot = Awaited<ReturnType<typeof startBot>>;

/** A handler made for one test. */
export function handling(run: (ctx: BotContext) => Promise<unknown>): MiddlewareFn<BotContext> {
  const composer = new Composer<BotContext>();
  composer.use(async (ctx) => {
    await run(ctx);
  });
  return composer.middleware();
}
