import { createServer, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { z } from "zod";
import { readMultipart } from "../../simulator/api/multipart.ts";
import type { Upload } from "../../simulator/files.ts";

export interface ApiCall {
  readonly method: string;
  /** Of a file in a form, its text. */
  readonly payload: Record<string, unknown>;
  readonly files: Readonly<Record<string, Upload>>;
}

interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  /** Resolves before the answer is given. */
  readonly after?: Promise<unknown>;
  /** Closes the connection without an answer. */
  readonly cut?: boolean;
}

export interface FakeApi {
  readonly url: string;
  readonly calls: ApiCall[];
  /** Texts that went to a chat, in the order of arrival. */
  texts(chatId: number): string[];
  /** Decides about the next calls; undefined answers as usual. */
  answer: (call: ApiCall) => Answer | undefined;
  /** Files that people sent, by their ids. */
  readonly files: Map<string, Buffer>;
  /** Sends a file that is asked for; without, as usual. */
  serve: ((bytes: Buffer, response: ServerResponse) => void) | undefined;
  close(): Promise<void>;
}

const object = z.record(z.string(), z.unknown());

/** An answer with an error of the Bot API. */
export function refusal(code: number, description: string, retryAfter?: number): Answer {
  const parameters = retryAfter === undefined ? {} : { parameters: { retry_after: retryAfter } };
  return { status: code, body: { ok: false, error_code: code, description, ...parameters } };
}

/** The fields of a call and its files. */
function read(body: Buffer, type: string): Pick<ApiCall, "payload" | "files"> {
  if (!type.startsWith("multipart/"))
    return { payload: object.parse(JSON.parse(body.toString())), files: {} };
  const parts = readMultipart(type, body);
  return {
    payload: Object.fromEntries(
      parts.map(([name, value]) => [name, typeof value === "string" ? value : value.content.toString()]),
    ),
    files: Object.fromEntries(
      parts.flatMap(([name, value]) => (typeof value === "string" ? [] : [[name, value] as const])),
    ),
  };
}

/** The smallest Bot API that the bot's own tests need: it remembers the calls and the webhook. */
export async function startFakeApi(): Promise<FakeApi> {
  const calls: ApiCall[] = [];
  const sockets = new Set<Socket>();
  let webhookUrl: unknown = "";
  let messages = 0;

  function usual({ method, payload }: ApiCall): unknown {
    switch (method) {
      case "getMe":
        return { id: 1000, is_bot: true, first_name: "Lab", username: "lab_bot" };
      case "getWebhookInfo":
        return { url: webhookUrl, has_custom_certificate: false, pending_update_count: 3 };
      case "setWebhook":
        webhookUrl = payload["url"];
        return true;
      case "getFile":
        return { file_id: payload["file_id"], file_path: `documents/${String(payload["file_id"])}` };
      case "sendMessage":
        messages += 1;
        return { message_id: messages, date: 0, chat: { id: payload["chat_id"], type: "private" } };
      default:
        return true;
    }
  }

  const server = createServer((request, response) => {
    const [, id] = /\/file\/bot[^/]+\/documents\/(.+)$/.exec(request.url ?? "") ?? [];
    if (id !== undefined) {
      const bytes = fake.files.get(decodeURIComponent(id));
      if (bytes === undefined) response.writeHead(404).end();
      else if (fake.serve === undefined) response.end(bytes);
      else fake.serve(bytes, response);
      return;
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const method = request.url?.split("/").at(-1) ?? "";
      const call = { method, ...read(Buffer.concat(chunks), request.headers["content-type"] ?? "") };
      calls.push(call);
      const special = fake.answer(call);
      void Promise.resolve(special?.after).then(() => {
        if (special?.cut === true) return request.socket.destroy();
        const body = special?.body ?? { ok: true, result: usual(call) };
        response.writeHead(special?.status ?? 200, { "content-type": "application/json" });
        return response.end(JSON.stringify(body));
      });
    });
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;

  const fake: FakeApi = {
    url: `http://127.0.0.1:${port}`,
    calls,
    texts: (chatId) =>
      calls
        .filter(({ payload }) => payload["chat_id"] === chatId && typeof payload["text"] === "string")
        .map(({ payload }) => String(payload["text"])),
    answer: () => undefined,
    files: new Map(),
    serve: undefined,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return fake;
}
