import type { FastifyInstance } from "fastify";
import { createServer } from "../http.ts";
import type { Log } from "../log.ts";
import type { Mentor } from "../mentor/mentor.ts";
import type { Metrics } from "../metrics.ts";
import { adminApi, type AdminTools } from "./api.ts";
import type { Health } from "./health.ts";

interface Options {
  readonly health: Health;
  /** Its breaker is shown; without it a worker is as ready as with it. */
  readonly mentor: Pick<Mentor, "status"> | undefined;
  readonly metrics: Metrics;
  /** Brings the gauges up to date that are read from elsewhere. */
  readonly updateMetrics: () => void;
  /** What the admin API works with; undefined: only what probes ask for is answered. */
  readonly tools: AdminTools | undefined;
  readonly log: Log;
}

/** What operators and probes ask for; on a port of its own, which the gateway does not pass on. */
export function createAdminServer(options: Options): FastifyInstance {
  const { health, mentor, metrics, updateMetrics, tools, log } = options;
  const server = createServer(metrics, log);
  // Only that the process answers: a restart mends no database.
  server.get("/health", () => ({ status: "ok" }));
  server.get("/ready", (_request, reply) => {
    const { reasons, degraded } = health.readiness();
    const status = reasons.length > 0 ? "unavailable" : degraded.length > 0 ? "degraded" : "ok";
    reply.code(reasons.length > 0 ? 503 : 200);
    return { status, reasons, degraded, ...(mentor !== undefined && { mentor: mentor.status() }) };
  });
  server.get("/metrics", async (_request, reply) => {
    updateMetrics();
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  if (tools !== undefined) void server.register(adminApi, tools);
  return server;
}
