import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { createBotApi, failed, type Envelope } from "./api/bot-api.ts";
import { readArguments } from "./api/arguments.ts";
import { ApiError } from "./api/error.ts";
import { openApi } from "./control/openapi.ts";
import { sendStored } from "./control/files.ts";
import { controlRoutes } from "./control/routes.ts";
import { streamEvents } from "./control/stream.ts";
import { answerFault, cutAnswer } from "./faults/break-call.ts";
import { longest, parseBody, readBody, send, sendJson, whenGone } from "./http.ts";
import { createOpenAi } from "./openai/serve.ts";
import { Refusal } from "./refusal.ts";
import type { SnapshotFile } from "./snapshot-file.ts";
import { staticFiles } from "./static.ts";
import type { World } from "./world.ts";

export interface ServerOptions {
  readonly world: World;
  readonly token: string;
  /** Where a snapshot can be kept. */
  readonly file?: SnapshotFile | undefined;
  /** Told of errors that are the simulator's own fault. */
  readonly onError: (error: unknown) => void;
}

/** Bare node:http: a load test sends every reply of the bot through here, so each call must be cheap. */
export function createSimulatorServer({ world, token, file, onError }: ServerOptions): Server {
  const api = createBotApi(world);
  const openAi = createOpenAi(world);
  const routes = controlRoutes(world, file);
  const document = openApi(routes);
  const sendFile = staticFiles(join(import.meta.dirname, "page"));
  const run = randomUUID();
  const apiPath = /^\/bot([^/]*)\/([^/]*)$/;
  const filePath = /^\/file\/bot([^/]*)\/(.+)$/;

  const server = createServer((request, response) => {
    const url = request.url ?? "/";
    const mark = url.indexOf("?");
    const path = mark < 0 ? url : url.slice(0, mark);
    const query = mark < 0 ? "" : url.slice(mark + 1);
    const [, given, method] = apiPath.exec(path) ?? [];
    const [, owner, file] = filePath.exec(path) ?? [];
    if (owner !== undefined && file !== undefined) {
      download(response, owner, file);
      return;
    }
    const done =
      given !== undefined && method !== undefined
        ? botApi(request, response, given, method, query)
        : path.startsWith("/v1/")
          ? openAi(request, response, path)
          : other(request, response, path === "/simulator/stats" ? "/simulator/api/stats" : path, query);
    done.catch((error: unknown) => {
      onError(error);
      if (!response.headersSent) sendJson(response, 500, { error: "the simulator failed; its log says why" });
      else response.destroy();
    });
  });
  // Keep-alive connections of the bot outlive its pauses.
  server.keepAliveTimeout = 75_000;

  async function botApi(
    request: IncomingMessage,
    response: ServerResponse,
    given: string,
    method: string,
    query: string,
  ): Promise<void> {
    let envelope: Envelope;
    const { botApi: makeFault } = world.faults.active();
    const fault = makeFault === undefined ? undefined : await makeFault(method);
    if (fault !== undefined && fault.kind !== "cut") {
      answerFault(response, fault);
      request.resume();
      return;
    }
    try {
      const body = await readBody(request);
      if (decode(given) !== token) {
        throw /^\d+(:|%3A)[\w-]{35}$/i.test(given)
          ? new ApiError(401, "Unauthorized")
          : new ApiError(404, "Not Found");
      }
      if (body === undefined) throw new ApiError(413, "Request Entity Too Large");
      const args = readArguments(query, request.headers, body);
      envelope =
        method.toLowerCase() === "getupdates"
          ? await api.getUpdates(args, whenGone(response))
          : api.execute(method, args, undefined);
    } catch (error) {
      if (error instanceof ApiError) envelope = failed(error);
      else throw error;
    }
    if (fault === undefined) send(response, envelope.status, envelope.body, envelope.retryAfter);
    else cutAnswer(response, envelope.body);
  }

  /** The bot gets a file that getFile named. */
  function download(response: ServerResponse, owner: string, path: string): void {
    const file = decode(owner) === token ? world.files.at(decode(path)) : undefined;
    if (file === undefined) {
      const { status, body } = failed(new ApiError(404, "Not Found"));
      send(response, status, body);
      return;
    }
    response.writeHead(200, { "content-type": file.mime, "content-length": file.content.length });
    response.end(file.content);
  }

  async function other(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    query: string,
  ): Promise<void> {
    const method = request.method ?? "GET";
    if (path === "/health") {
      sendJson(response, 200, { ok: true });
      return;
    }
    if (method === "GET" && sendFile(path, response)) return;
    if (!isSameOrigin(request)) {
      sendJson(response, 403, { error: "this API answers no page of another site" });
      return;
    }
    if (method === "GET" && path === "/simulator/api/events") {
      streamEvents(world, run, request, response);
      return;
    }
    if (method === "GET" && path.startsWith("/simulator/api/files/")) {
      if (!sendStored(world.files, decode(path.slice("/simulator/api/files/".length)), response)) {
        sendJson(response, 404, { error: "there is no such file, or no longer" });
      }
      return;
    }
    if (method === "GET" && path === "/simulator/api/openapi.json") {
      sendJson(response, 200, document);
      return;
    }
    const matching = routes.filter((r) => r.pattern.test(path));
    const route = matching.find((r) => r.method === method);
    if (route === undefined) {
      if (matching.length === 0) sendJson(response, 404, { error: `there is nothing at ${path}` });
      else sendJson(response, 405, { error: `${path} knows ${matching.map((r) => r.method).join(", ")}` });
      return;
    }
    try {
      const type = request.headers["content-type"] ?? "";
      const limit = route.largest ?? longest(type);
      const body = parseBody(type, await readBody(request, limit), limit);
      const answer = await route.handle({
        path,
        query: new URLSearchParams(query),
        body,
        signal: whenGone(response),
      });
      sendJson(response, 200, answer);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      sendJson(response, error.status, { error: error.message });
    }
  }

  return server;
}

/** A part of a path, "" when it is not encoded as it should be. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}

/** Pages of other sites must not act here through a visitor's browser. */
function isSameOrigin(request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
}
