import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Database } from "../database/pool.ts";
import type { Log } from "../log.ts";
import { Problem } from "../problem.ts";
import { appendAudit } from "./audit.ts";
import { callerOf, isStackToken, mayAct, type Caller, type Role } from "./tokens.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Who may ask; a route of the admin API that does not say it does not start. */
    readonly needs?: Role;
  }
  interface FastifyRequest {
    caller: Caller | undefined;
    /** Whether the audit knows of the request. */
    audited: boolean;
  }
}

interface Options {
  readonly database: Database;
  /** Those that came with the configuration; owners. */
  readonly tokens: readonly string[];
  readonly log: Log;
}

const stack: Caller = { id: "stack", name: "the stack's token", role: "owner" };

const isChange = ({ method }: FastifyRequest): boolean => method !== "GET" && method !== "HEAD";

const bearer = ({ headers }: FastifyRequest): string | undefined =>
  /^Bearer ([\x21-\x7e]{1,300})$/i.exec(headers.authorization ?? "")?.[1];

/**
 * Lets only those in who have a token with the role that a route needs, and writes each change to the audit: before it
 * is done, without which it is not done, and how it ended.
 */
export function guard(server: FastifyInstance, { database, tokens, log }: Options): void {
  async function identify(request: FastifyRequest): Promise<Caller | undefined> {
    const token = bearer(request);
    if (token === undefined) return undefined;
    return isStackToken(tokens, token) ? stack : callerOf(database.query, token);
  }

  async function note(request: FastifyRequest, caller: Caller, result: string): Promise<void> {
    const action = `${request.method} ${request.routeOptions.url ?? ""}`;
    const { params, query, body } = request;
    const hash = await appendAudit(database, {
      requestId: request.id,
      caller,
      origin: request.ip,
      action,
      parameters: { ...(params as object), ...(query as object), ...(body as object | undefined) },
      result,
    });
    // Whoever keeps the log has proof of what the audit said.
    log.info({ request: request.id, actor: caller.id, action, result, audit: hash }, "an operator acts");
  }

  server.decorateRequest("caller", undefined);
  server.decorateRequest("audited", false);
  server.addHook("onRoute", ({ method, url, config }) => {
    if (config?.needs === undefined)
      throw new Error(`${String(method)} ${url} does not say which role it needs`);
  });
  server.addHook("onRequest", async (request, reply) => {
    const { needs } = request.routeOptions.config;
    const caller = await identify(request);
    if (caller === undefined) {
      log.warn({ request: request.id, origin: request.ip, url: request.routeOptions.url }, "no valid token");
      void reply.header("www-authenticate", "Bearer");
      throw new Problem(401, "send a valid token: Authorization: Bearer TOKEN");
    }
    if (needs === undefined || !mayAct(caller.role, needs)) {
      if (isChange(request)) await note(request, caller, "403");
      throw new Problem(403, `this needs the role ${needs ?? "owner"}; the token has ${caller.role}`);
    }
    request.caller = caller;
  });
  server.addHook("preHandler", async (request) => {
    if (request.caller === undefined || !isChange(request)) return;
    await note(request, request.caller, "begun");
    request.audited = true;
  });
  server.addHook("onSend", async (request, reply) => {
    void reply.header("cache-control", "no-store");
    if (request.caller === undefined || !request.audited) return;
    request.audited = false;
    // It is done: to fail now would say that it is not.
    await note(request, request.caller, String(reply.statusCode)).catch((error: unknown) =>
      log.error({ err: error, request: request.id }, "the end of a change could not be written to the audit"),
    );
  });
}
