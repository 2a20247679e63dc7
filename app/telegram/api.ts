import http from "node:http";
import https from "node:https";
import { pipeline, Readable } from "node:stream";
import { z } from "zod";
import type { FileToSend } from "../database/files.ts";
import { apiCodes, apiMethods, type ApiMethod } from "../metric-labels.ts";
import type { Metrics } from "../metrics.ts";
import { formOf } from "./form.ts";

export type ApiAnswer =
  | { readonly ok: true; readonly result: unknown }
  | {
      readonly ok: false;
      /** Code of the Bot API, or "network" when there was no answer that could be read. */
      readonly code: number | "network";
      readonly description: string;
      /** Seconds that Telegram asks us to wait. */
      readonly retryAfter: number | undefined;
    };

export interface TelegramApi {
  /** Makes one call with fields in JSON. Never throws; it takes at most `callLimit`. */
  call(method: ApiMethod, payload: string): Promise<ApiAnswer>;
  /** Makes one call with a file in one of its fields. Never throws; it takes at most `uploadLimit`. */
  upload(
    method: ApiMethod,
    fields: Readonly<Record<string, unknown>>,
    field: string,
    file: FileToSend,
  ): Promise<ApiAnswer>;
  /** Where a file is that the method getFile named; undefined when that is no path. Holds the token. */
  fileUrl(path: string): string | undefined;
  close(): void;
}

export function isApiMethod(method: string): method is ApiMethod {
  return apiMethods.some((known) => known === method);
}

/** Milliseconds. */
export const callLimit = 5000;
export const uploadLimit = 15_000;
/** No answer to the methods that are used comes near. */
const maxAnswer = 1024 * 1024;

const answerSchema = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), result: z.unknown() }),
  z.object({
    ok: z.literal(false),
    error_code: z.number(),
    description: z.string(),
    parameters: z.object({ retry_after: z.number().optional() }).optional(),
  }),
]);

interface Body {
  readonly contentType: string;
  /** Bytes. */
  readonly length: number;
  readonly content: string | (() => AsyncIterable<Uint8Array>);
  /** Milliseconds that the call may take. */
  readonly limit: number;
}

function network(description: string): ApiAnswer {
  return { ok: false, code: "network", description, retryAfter: undefined };
}

function read(body: string): ApiAnswer {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return network("the answer is not JSON");
  }
  const { data } = answerSchema.safeParse(json);
  if (data === undefined) return network("the answer is not one of the Bot API");
  return data.ok
    ? { ok: true, result: data.result }
    : {
        ok: false,
        code: data.error_code,
        description: data.description,
        retryAfter: data.parameters?.retry_after,
      };
}

/** Calls `apiUrl` with one agent: the request is most of the CPU of an update, and fetch costs four times this. */
export function createApi(apiUrl: string, token: string, metrics: Metrics): TelegramApi {
  const url = new URL(apiUrl);
  const secure = url.protocol === "https:";
  const options = { keepAlive: true, maxSockets: 64, scheduling: "lifo" } as const;
  const agent = secure ? new https.Agent(options) : new http.Agent(options);
  const request = secure ? https.request : http.request;
  const target = {
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (secure ? 443 : 80) : url.port,
    agent,
    method: "POST",
  };

  /** Error texts of Node name addresses at most, never the path, which holds the token. */
  function once(method: ApiMethod, body: Body): Promise<ApiAnswer & { reused?: boolean }> {
    const { contentType, length, content, limit } = body;
    return new Promise((resolve) => {
      const outgoing = request(
        {
          ...target,
          path: `/bot${token}/${method}`,
          headers: { "content-type": contentType, "content-length": length },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          let size = 0;
          incoming.on("data", (chunk: Buffer) => {
            size += chunk.length;
            if (size > maxAnswer) incoming.destroy(new Error("the answer is too long"));
            else chunks.push(chunk);
          });
          incoming.on("end", () => done(read(Buffer.concat(chunks).toString())));
          incoming.on("error", (error) => done(network(error.message)));
          incoming.on("aborted", () => done(network("the answer was cut off")));
        },
      );
      const timer = setTimeout(() => outgoing.destroy(new Error(`no answer within ${limit} ms`)), limit);
      const done = (answer: ApiAnswer & { reused?: boolean }) => {
        clearTimeout(timer);
        // An answer that comes before the whole file was sent is the last that is read of the connection.
        if (!outgoing.writableEnded) outgoing.destroy();
        resolve(answer);
      };
      outgoing.on("error", (error: NodeJS.ErrnoException) =>
        done({
          ...network(error.message),
          reused: outgoing.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE"),
        }),
      );
      if (typeof content === "string") {
        outgoing.end(content);
        return;
      }
      const source = Readable.from(content());
      // Before the pipeline's own, which would say that the socket hung up.
      source.on("error", (error) => outgoing.destroy(error));
      pipeline(source, outgoing, () => undefined);
    });
  }

  async function make(method: ApiMethod, body: Body): Promise<ApiAnswer> {
    const stop = metrics.telegramApiDuration.startTimer({ method });
    let answer = await once(method, body);
    // The server closed an idle connection just as we used it: nothing was read of the call.
    if (answer.reused === true) answer = await once(method, body);
    stop();
    const code = answer.ok ? "200" : String(answer.code);
    metrics.telegramApiRequests.inc({ method, code: apiCodes.find((known) => known === code) ?? "other" });
    return answer;
  }

  return {
    call: (method, payload) =>
      make(method, {
        contentType: "application/json",
        length: Buffer.byteLength(payload),
        content: payload,
        limit: callLimit,
      }),
    upload: (method, fields, field, file) =>
      make(method, { ...formOf(fields, field, file), limit: uploadLimit }),
    fileUrl: (path) => {
      const segments = path.split("/");
      // What Telegram says must not lead anywhere else.
      if (segments.some((segment) => ["", ".", ".."].includes(segment))) return undefined;
      return `${url.origin}/file/bot${token}/${segments.map(encodeURIComponent).join("/")}`;
    },
    close: () => agent.destroy(),
  };
}
