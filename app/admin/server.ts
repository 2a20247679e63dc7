import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import type { Build } from "../build.ts";
import type { Database } from "../database/pool.ts";
import { createServer } from "../http.ts";
import type { Log } from "../log.ts";
import type { Mentor } from "../mentor/mentor.ts";
import type { Metrics } from "../metrics.ts";
import type { Health } from "./health.ts";
import type { Monitor } from "./monitor.ts";
import { pageHeaders, statusPage } from "./page.ts";

interface Options {
  readonly health: Health;
  readonly monitor: Monitor | undefined;
  /** Its breaker is shown; without it a worker is as ready as with it. */
  readonly mentor: Pick<Mentor, "status" | "updateMetrics"> | undefined;
  readonly database: Pick<Database, "updateMetrics">;
  readonly metrics: Metrics;
  readonly build: Build;
  readonly api: FastifyPluginAsync | undefined;
  readonly log: Log;
}

/** What operators and probes ask for; on a port of its own, which the gateway does not pass on. */
export function createAdminServer(options: Options): FastifyInstance {
  const { health, monitor, mentor, database, metrics, build, api, log } = options;
  const server = createServer(metrics, log);

  function ready() {
    const { reasons, degraded } = health.readiness();
    const status = reasons.length > 0 ? "unavailable" : degraded.length > 0 ? "degraded" : "ok";
    return { status, reasons, degraded, ...(mentor !== undefined && { mentor: mentor.status() }) } as const;
  }

  // Only that the process answers: a restart mends no database.
  server.get("/health", () => ({ status: "ok" }));
  server.get("/ready", (_request, reply) => {
    const answer = ready();
    reply.code(answer.status === "unavailable" ? 503 : 200);
    return answer;
  });
  server.get("/metrics", async (_request, reply) => {
    database.updateMetrics();
    mentor?.updateMetrics();
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  server.get("/", (_request, reply) =>
    reply.headers(pageHeaders).send(statusPage({ ...ready(), monitor, build, api: api !== undefined })),
  );
  if (api !== undefined) void server.register(api);
  return server;
}
