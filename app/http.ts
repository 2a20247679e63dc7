import { fastify, type FastifyInstance } from "fastify";
import type { Log } from "./log.ts";
import { httpCodes, httpMethods, httpRoutes } from "./metric-labels.ts";
import type { Metrics } from "./metrics.ts";

/** A server with the limits that all of ours have; its requests are measured by route. */
export function createServer(metrics: Metrics, log: Log): FastifyInstance {
  const server = fastify({
    bodyLimit: 1024 * 1024,
    // Longer than nginx keeps its connections (60 s): the side that sends must be the one that closes.
    keepAliveTimeout: 75_000,
    requestTimeout: 30_000,
    forceCloseConnections: "idle",
  });
  server.server.headersTimeout = 76_000;
  server.addHook("onResponse", (request, reply, done) => {
    const { url } = request.routeOptions;
    const route = httpRoutes.find((known) => known === url) ?? "unknown";
    const method = route === "unknown" ? "OTHER" : httpMethods.find((known) => known === request.method);
    const code = httpCodes.find((known) => known === String(reply.statusCode)) ?? "other";
    metrics.httpRequestDuration.observe({ route, method: method ?? "OTHER", code }, reply.elapsedTime / 1000);
    done();
  });
  // A connection that is in use when the server closes would otherwise be kept for the next request.
  let closing = false;
  server.addHook("preClose", (done) => {
    closing = true;
    done();
  });
  server.addHook("onSend", (_request, reply, _payload, done) => {
    if (closing) void reply.header("connection", "close");
    done();
  });
  server.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: "not found" }));
  server.setErrorHandler((error: unknown, _request, reply) => {
    const status =
      error instanceof Error && "statusCode" in error && typeof error.statusCode === "number"
        ? error.statusCode
        : 500;
    if (status >= 500) log.error({ err: error }, "a request failed");
    return reply
      .code(status)
      .send({ error: status < 500 && error instanceof Error ? error.message : "internal error" });
  });
  return server;
}
