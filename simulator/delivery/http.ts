import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { unzipSync } from "node:zlib";
import type { Connection, Outcome } from "./scheduler.ts";

/** Telegram gives a webhook up after this silence. */
const SILENCE_MS = 60_000;
const LARGEST_BODY = 1_048_576;

/** Errors of Node in the words of getWebhookInfo. */
const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: "Connection refused",
  ECONNRESET: "Connection reset by peer",
  EPIPE: "Connection reset by peer",
  ETIMEDOUT: "Connection timed out",
  EHOSTUNREACH: "No route to host",
  ENOTFOUND: "Failed to resolve host: Name or service not known",
  EAI_AGAIN: "Failed to resolve host: Temporary failure in name resolution",
};

/** What OpenSSL says about certificates, in Telegram's words. */
const certificate = /^(?:CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|ERR_TLS_CERT)/;

function explain(error: NodeJS.ErrnoException): string {
  const code = error.code ?? "";
  if (certificate.test(code)) return "SSL error {error:0A000086:SSL routines::certificate verify failed}";
  return words[code] ?? error.message;
}

/** Where a webhook is, and how to reach it. */
export interface Target {
  readonly url: URL;
  readonly secretToken: string | undefined;
  /** In place of the addresses of the URL's host. */
  readonly ipAddress: string | undefined;
  /** In the PEM format: one that is trusted though nobody signed it. */
  readonly certificate: string | undefined;
}

/** Whole seconds of a Retry-After header; dates and nonsense count as none, as at Telegram. */
const seconds = (header: string | undefined): number =>
  header !== undefined && /^\d{1,9}$/.test(header.trim()) ? Number(header) : 0;

/**
 * One keep-alive connection to a webhook. `closed` is called when it closes while no request is under way.
 * The URL's user and password become an Authorization header.
 */
export function connectHttp(
  { url, secretToken, ipAddress, certificate }: Target,
  closed: () => void,
  silence = SILENCE_MS,
): Connection {
  const agentOptions = {
    ...{ keepAlive: true, maxSockets: 1, maxFreeSockets: 1, timeout: silence },
    ...(ipAddress === undefined ? {} : { lookup: always(ipAddress) }),
    ...(certificate === undefined ? {} : { ca: certificate }),
  };
  const secure = url.protocol === "https:";
  const agent = secure ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions);
  const send = secure ? httpsRequest : httpRequest;
  let busy = false;
  let ended = false;
  let address: string | undefined;

  function answer(response: IncomingMessage, resolve: (outcome: Outcome) => void): void {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= LARGEST_BODY) chunks.push(chunk);
      else response.destroy(new Error("Response of the webhook is too big"));
    });
    response.on("end", () => {
      busy = false;
      let body: Buffer = Buffer.concat(chunks);
      try {
        if (response.headers["content-encoding"] !== undefined) body = unzipSync(body);
      } catch {
        resolve({ kind: "broken", error: "Can't unpack the response of the webhook" });
        return;
      }
      resolve({
        kind: "answer",
        status: response.statusCode ?? 0,
        reason: response.statusMessage ?? "",
        retryAfter: seconds(response.headers["retry-after"]),
        contentType: response.headers["content-type"] ?? "",
        body,
        keepAlive: response.headers.connection?.toLowerCase() !== "close" && response.httpVersion !== "1.0",
      });
    });
    response.on("error", (error) => resolve({ kind: "broken", error: explain(error) }));
  }

  return {
    post: (body, cut) =>
      new Promise((resolve) => {
        busy = true;
        const request = send(
          url,
          {
            method: "POST",
            agent,
            timeout: silence,
            headers: {
              "content-type": "application/json",
              "content-length": Buffer.byteLength(body),
              "accept-encoding": "gzip, deflate",
              ...(secretToken === undefined ? {} : { "x-telegram-bot-api-secret-token": secretToken }),
            },
          },
          (response) => answer(response, resolve),
        );
        request.on("socket", (socket) => {
          if (socket.connecting) socket.once("connect", () => (address = socket.remoteAddress));
          if (socket.listenerCount("close", onClose) === 0) socket.once("close", onClose);
        });
        request.on("timeout", () => request.destroy(new Error("Read timeout expired")));
        request.on("error", (error) => resolve({ kind: "broken", error: explain(error) }));
        if (cut) request.on("finish", () => request.destroy(new Error("Connection reset by peer")));
        request.end(body);
      }),
    close() {
      ended = true;
      agent.destroy();
    },
    address: () => address,
  };

  function onClose(): void {
    if (!busy && !ended) {
      ended = true;
      agent.destroy();
      closed();
    }
  }
}

/** Answers the same address for every name. */
const always =
  (address: string): LookupFunction =>
  (_, { all }, answer) => {
    const family = isIP(address);
    if (all === true) answer(null, [{ address, family }]);
    else answer(null, address, family);
  };
