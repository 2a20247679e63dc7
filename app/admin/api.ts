import rateLimit from "@fastify/rate-limit";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from "fastify";
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from "fastify-type-provider-zod";
import type { Build } from "../build.ts";
import type { Cache } from "../cache/cache.ts";
import type { RedisConnection } from "../cache/redis.ts";
import type { Database } from "../database/pool.ts";
import type { Log } from "../log.ts";
import type { OperationWatch } from "../operation.ts";
import { Problem } from "../problem.ts";
import type { UnitOfWork } from "../telegram/update.ts";
import { guard } from "./access.ts";
import type { Health } from "./health.ts";
import type { Monitor } from "./monitor.ts";
import { auditRoutes } from "./routes/audit.ts";
import { backupRoutes } from "./routes/backup.ts";
import { cacheRoutes } from "./routes/cache.ts";
import { dataRoutes } from "./routes/data.ts";
import { deadLetterRoutes } from "./routes/dead-letters.ts";
import { healthRoutes } from "./routes/health.ts";
import { jobRoutes } from "./routes/jobs.ts";
import { switchRoutes } from "./routes/switches.ts";
import { systemRoutes } from "./routes/system.ts";
import { tokenRoutes } from "./routes/tokens.ts";

/** What the routes of the admin API work with. */
export interface AdminTools {
  readonly database: Database;
  readonly redis: RedisConnection;
  readonly cache: Cache;
  readonly build: Build;
  readonly health: Health;
  readonly operation: OperationWatch;
  readonly monitor: Monitor;
  readonly unitOfWork: Pick<UnitOfWork, "replay">;
  /** Tokens of owners that came with the configuration. */
  readonly tokens: readonly string[];
  readonly log: Log;
}

/** A server whose routes are typed by their schemas. */
export type AdminServer = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** Requests that one address may make to one replica within a minute. */
export const requestsPerMinute = 300;

const description = `What operators look at and do. Each request needs a token: \`Authorization: Bearer TOKEN\`.
Roles: viewer looks, operator acts, owner also restores, gives and takes tokens. Each change is in the audit.
Errors are problem details (RFC 9457).`;

/** The page that shows the API takes everything from here, and talks to nobody else. */
const pagePolicy = [
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'",
  "base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
].join("; ");

/** The admin API, its OpenAPI document, and the page that shows it. */
export async function adminApi(plain: FastifyInstance, tools: AdminTools): Promise<void> {
  const server = plain.withTypeProvider<ZodTypeProvider>();
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  await server.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "launchlab", description, version: tools.build.version },
      components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
      security: [{ token: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  await server.register(swaggerUi, {
    routePrefix: "/api/docs",
    uiConfig: { layout: "BaseLayout" },
    theme: { title: "launchlab: admin API" },
    staticCSP: pagePolicy,
  });
  server.get("/api/openapi.json", { schema: { hide: true } }, () => server.swagger());
  await server.register(async (guarded: AdminServer) => {
    await guarded.register(rateLimit, {
      global: false,
      max: requestsPerMinute,
      timeWindow: 60_000,
      errorResponseBuilder: (_request, { after }) =>
        new Problem(429, `too many requests; try again in ${after}`),
    });
    guarded.addHook("onRequest", guarded.rateLimit());
    guard(guarded, tools);
    const all = [
      systemRoutes,
      healthRoutes,
      switchRoutes,
      dataRoutes,
      cacheRoutes,
      jobRoutes,
      deadLetterRoutes,
      backupRoutes,
    ];
    for (const add of [...all, tokenRoutes, auditRoutes]) add(guarded, tools);
  });
}
