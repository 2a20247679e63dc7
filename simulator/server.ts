import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { createBotApi, failed, type Envelope } from "./api/bot-api.ts";
import { readArguments } from "./api/arguments.ts";
import { ApiError } from "./api/error.ts";
import { openApi } from "./control/openapi.ts";
import { readMultipart } from "./api/multipart.ts";
import { sendStored } from "./control/files.ts";
import { controlRoutes } from "./control/routes.ts";
import { streamEvents } from "./control/stream.ts";
import { answerFault, cutAnswer } from "./faults/break-call.ts";
import { Refusal } from "./refusal.ts";
import { staticFiles } from "./static.ts";
import type { World } from "./world.ts";

const MB = 2 ** 20;
const LARGEST_BODY = MB;
/** A file of 50 MB, the largest that Telegram takes of bots, and what stands around it. */
const LARGEST_FORM = 51 * MB;

export interface ServerOptions {
  readonly world: World;
  readonly token: string;
  /** Told of errors that are the simulator's own fault. */
  readonly onError: (error: unknown) => void;
}

/** Bare node:http: a load test sends every reply of the bot through here, so each call must be cheap. */
export function createSimulatorServer({ world, token, onError }: ServerOptions): Server {
  const api = createBotApi(world);
  const routes = controlRoutes(world);
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
        : other(request, response, path, query);
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
      const body = parseBody(request.headers["content-type"] ?? "", await readBody(request));
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

/** Aborts when the client goes away. */
function whenGone(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  return gone.signal;
}

const isForm = (type: string | undefined): boolean => type?.startsWith("multipart/form-data") === true;
const longest = (type: string | undefined): number => (isForm(type) ? LARGEST_FORM : LARGEST_BODY);

/** The whole body; undefined when it is too long. */
function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const limit = longest(request.headers["content-type"]);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
    });
    request.on("end", () => {
      if (size > limit) resolve(undefined);
      else resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
    });
    request.on("error", reject);
  });
}

/** JSON, or the fields and files of a form. */
function parseBody(type: string, body: Buffer | undefined): unknown {
  if (body === undefined) throw new Refusal(413, `the body is larger than ${longest(type) / MB} MB`);
  if (body.length === 0) return undefined;
  if (isForm(type)) {
    const parts = readForm(type, body);
    const files = parts.flatMap(([, value]) => (typeof value === "string" ? [] : value));
    return { ...Object.fromEntries(parts.filter(([, value]) => typeof value === "string")), files };
  }
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new Refusal(400, "the body is not JSON");
  }
}

function readForm(type: string, body: Buffer): ReturnType<typeof readMultipart> {
  try {
    return readMultipart(type, body);
  } catch (error) {
    if (error instanceof ApiError) throw new Refusal(400, error.message);
    throw error;
  }
}

const sendJson = (response: ServerResponse, status: number, value: unknown): void =>
  send(response, status, JSON.stringify(value));

function send(response: ServerResponse, status: number, json: string, retryAfter?: number): void {
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(json),
    ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
  });
  response.end(json);
}
