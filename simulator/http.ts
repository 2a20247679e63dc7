import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError } from "./api/error.ts";
import { readMultipart } from "./api/multipart.ts";
import { Refusal } from "./refusal.ts";

const MB = 2 ** 20;
const LARGEST_BODY = MB;
/** A file of 50 MB, the largest that Telegram takes of bots, and what stands around it. */
const LARGEST_FORM = 51 * MB;

/** Aborts when the client goes away. */
export function whenGone(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  return gone.signal;
}

const isForm = (type: string | undefined): boolean => type?.startsWith("multipart/form-data") === true;
/** In bytes; of the body of a request, unless there is a reason for another limit. */
export const longest = (type: string | undefined): number => (isForm(type) ? LARGEST_FORM : LARGEST_BODY);

/** The whole body; undefined when it is too long. */
export function readBody(
  request: IncomingMessage,
  limit = longest(request.headers["content-type"]),
): Promise<Buffer | undefined> {
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
export function parseBody(type: string, body: Buffer | undefined, limit: number): unknown {
  if (body === undefined) throw new Refusal(413, `the body is larger than ${limit / MB} MB`);
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

export const sendJson = (response: ServerResponse, status: number, value: unknown): void =>
  send(response, status, JSON.stringify(value));

/** `retryAfter` in seconds. */
export function send(response: ServerResponse, status: number, json: string, retryAfter?: number): void {
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(json),
    ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
  });
  response.end(json);
}
