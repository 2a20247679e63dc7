import { randomUUID } from "node:crypto";
import {
  fastify,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import { DatabaseUnavailable } from "./database/errors.ts";
import type { Log } from "./log.ts";
import { httpCodes, httpMethods, httpRoutes } from "./metric-labels.ts";
import type { Metrics } from "./metrics.ts";
import { Problem, problemDetails, problemType } from "./problem.ts";

type HttpRoute = (typeof httpRoutes)[number];

/** Those of the admin API are one. */
function routeLabel(url: string | undefined): HttpRoute {
  if (/^\/(api|admin)\//.test(url ?? "")) return "api";
  return httpRoutes.find((known) => known === url) ?? "unknown";
}

function statusOf(error: unknown): number {
  if (error instanceof DatabaseUnavailable) return 503;
  const told = error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
  return typeof told === "number" && told >= 400 && told < 600 ? told : 500;
}

/** What callers may read of an error. */
function detailOf(error: unknown, status: number): string | undefined {
  if (error instanceof DatabaseUnavailable) return "the database does not answer; try again later";
  return error instanceof Problem || (status < 500 && error instanceof Error) ? error.message : undefined;
}

function errorsOf(error: unknown): { at: string; message: string }[] | undefined {
  if (!(error instanceof Error)) return undefined;
  const { validation } = error as Partial<FastifyError>;
  return validation?.map(({ instancePath, message = "is not valid" }) => ({ at: instancePath, message }));
}

/** A server with the limits that all of ours have; its requests are measured by route, its errors problem details. */
export function createServer(metrics: Metrics, log: Log): FastifyInstance {
  function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const status = statusOf(error);
    if (status >= 500) log.error({ err: error, request: request.id }, "a request failed");
    const [detail, errors] = [detailOf(error, status), errorsOf(error)];
    const more = { ...(detail !== undefined && { detail }), ...(errors !== undefined && { errors }) };
    reply
      .code(status)
      .type(problemType)
      .send(problemDetails(status, request.id, more));
  }
  const server = fastify({
    bodyLimit: 1024 * 1024,
    // Longer than nginx keeps its connections (60 s): the side that sends must be the one that closes.
    keepAliveTimeout: 75_000,
    requestTimeout: 30_000,
    forceCloseConnections: "idle",
    genReqId: () => randomUUID(),
    frameworkErrors: (error, request, reply) =>
      refuse(error, request as FastifyRequest, reply as FastifyReply),
  });
  server.server.headersTimeout = 76_000;
  server.addHook("onResponse", (request, reply, done) => {
    const route = routeLabel(request.routeOptions.url);
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
  server.setNotFoundHandler((request, reply) =>
    reply.code(404).type(problemType).send(problemDetails(404, request.id)),
  );
  server.setErrorHandler(refuse);
  return server;
}
