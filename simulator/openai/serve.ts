import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { readBody, sendJson } from "../http.ts";
import type { World } from "../world.ts";
import { complete, completionRequest, type Completion, type CompletionRequest } from "./completion.ts";
import { badRequest, noKey, overloaded, rateLimited, unknownUrl, type OpenAiError } from "./error.ts";

/** The one model that is listed; a request may name any. */
const MODEL = "simulated";

/** Answers requests below /v1 as OpenAI's API does. */
export function createOpenAi(world: World) {
  const { clock, faults, aiUsage } = world;

  const until = (time: number): Promise<void> | undefined =>
    time <= clock.now() ? undefined : new Promise((resolve) => void clock.at(time, resolve));

  function refuse(response: ServerResponse, error: OpenAiError): void {
    const { status, message, type, param = null, code = null, retryAfter } = error;
    if (retryAfter !== undefined) response.setHeader("retry-after", String(retryAfter));
    aiUsage.add({ failed: 1 });
    sendJson(response, status, { error: { message, type, param, code } });
  }

  /** Sends the whole answer when its last token would have come. */
  async function sendWhole(response: ServerResponse, base: object, completion: Completion): Promise<void> {
    const { tokensPerSecond } = faults.active();
    const { pieces, finish_reason, usage } = completion;
    if (tokensPerSecond > 0) await until(clock.now() + (pieces.length * 1000) / tokensPerSecond);
    const message = { role: "assistant", content: pieces.join(""), refusal: null };
    const choices = [{ index: 0, message, logprobs: null, finish_reason }];
    sendJson(response, 200, { ...base, object: "chat.completion", choices, usage });
  }

  /** Sends the answer token by token, as server-sent events. */
  async function stream(
    response: ServerResponse,
    base: object,
    { pieces, finish_reason, usage }: Completion,
    withUsage: boolean,
  ): Promise<void> {
    const { tokensPerSecond } = faults.active();
    const start = clock.now();
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    const send = (choices: readonly object[], counted: object | null): void => {
      const chunk = { ...base, object: "chat.completion.chunk", choices };
      response.write(`data: ${JSON.stringify(withUsage ? { ...chunk, usage: counted } : chunk)}\n\n`);
    };
    const choice = (delta: object, reason: string | null = null) => [
      { index: 0, delta, logprobs: null, finish_reason: reason },
    ];
    send(choice({ role: "assistant", content: "" }), null);
    for (const [i, content] of pieces.entries()) {
      if (tokensPerSecond > 0) await until(start + ((i + 1) * 1000) / tokensPerSecond);
      if (response.destroyed) return;
      send(choice({ content }), null);
    }
    send(choice({}, finish_reason), null);
    if (withUsage) send([], usage);
    response.end("data: [DONE]\n\n");
  }

  async function completions(body: Buffer | undefined, response: ServerResponse): Promise<void> {
    const request = read(body);
    if ("status" in request) {
      refuse(response, request);
      return;
    }
    const fault = await faults.active().openai?.();
    if (fault !== undefined) {
      refuse(response, fault.kind === "too_many_requests" ? rateLimited(fault.retryAfter) : overloaded);
      return;
    }
    const completion = complete(request);
    const { prompt_tokens, completion_tokens } = completion.usage;
    aiUsage.add({ prompt_tokens, completion_tokens });
    const base = {
      id: `chatcmpl-${randomUUID()}`,
      created: world.seconds(),
      model: request.model,
      system_fingerprint: "simulator",
    };
    if (request.stream === true) {
      await stream(response, base, completion, request.stream_options?.include_usage === true);
    } else {
      await sendWhole(response, base, completion);
    }
  }

  return async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
    const method = request.method ?? "GET";
    const body = await readBody(request);
    const model = { id: MODEL, object: "model", created: 1_767_225_600, owned_by: "simulator" };
    if (!/^Bearer \S/.test(request.headers.authorization ?? "")) refuse(response, noKey);
    else if (method === "GET" && path === "/v1/models")
      sendJson(response, 200, { object: "list", data: [model] });
    else if (method === "GET" && path === `/v1/models/${MODEL}`) sendJson(response, 200, model);
    else if (method === "POST" && path === "/v1/chat/completions") {
      aiUsage.add({ calls: 1 });
      await completions(body, response);
    } else refuse(response, unknownUrl(method, path));
  };
}

/** The request, or what is wrong with it. */
function read(body: Buffer | undefined): CompletionRequest | OpenAiError {
  if (body === undefined) return badRequest("The request is too large.");
  let json: unknown;
  try {
    json = JSON.parse(body.toString());
  } catch {
    return badRequest("We could not parse the JSON body of your request.");
  }
  const result = completionRequest.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const param = issue?.path.join(".") ?? "";
  return badRequest(`Invalid '${param}': ${issue?.message ?? "it cannot be read"}.`, param);
}
