import { expect, onTestFinished, test } from "vitest";
import { faultSettings } from "../faults/settings.ts";
import { createSimulatorServer } from "../server.ts";
import { listen } from "../testing/server.ts";
import { TEST_TOKEN, testWorld } from "../testing/world.ts";

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: () => unknown;
}

const asked = (content: unknown, more: object = {}) => ({
  model: "gpt-4o-mini",
  messages: [
    { role: "system", content: "Be brief." },
    { role: "user", content },
  ],
  ...more,
});

async function setUp() {
  const { world, clock } = testWorld();
  const server = createSimulatorServer({
    world,
    token: TEST_TOKEN,
    onError: (error) => expect.fail(String(error)),
  });
  const url = await listen(server);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const open = (path: string, body?: object | string, headers: object = { authorization: "Bearer any" }) =>
    fetch(url + path, {
      headers: { ...headers },
      ...(body === undefined
        ? {}
        : { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  const request = async (...args: Parameters<typeof open>): Promise<Reply> => {
    const response = await open(...args);
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: () => JSON.parse(text) as unknown,
    };
  };
  return {
    ...{ world, clock, open, request },
    chat: (...args: Parameters<typeof asked>) => request("/v1/chat/completions", asked(...args)),
    set: (openai: object) => world.faults.set(faultSettings.parse({ openai })),
  };
}

interface Answer {
  readonly choices: { readonly message: { readonly content: string }; readonly finish_reason: string }[];
  readonly usage: Record<string, number>;
}

/** The data of server-sent events. */
const events = (text: string): unknown[] =>
  [...text.matchAll(/^data: (\{.*)$/gm)].map((m) => JSON.parse(m[1] ?? "") as unknown);

const content = (chunks: unknown[]): string =>
  (chunks as { choices: { delta: { content?: string } }[] }[])
    .map((c) => c.choices[0]?.delta.content ?? "")
    .join("");

test("the last message of the user decides the answer", async () => {
  const { chat } = await setUp();
  const answer = (await chat("What is a webhook?")).json() as Answer;
  expect(answer).toMatchObject({
    object: "chat.completion",
    model: "gpt-4o-mini",
    choices: [{ index: 0, message: { role: "assistant" }, finish_reason: "stop" }],
  });
  expect(answer.choices[0]?.message.content).toContain('You said: "What is a webhook?".');
  const again = (await chat([{ type: "text", text: "What is a webhook?" }])).json() as Answer;
  expect(again.choices).toEqual(answer.choices);
  const other = (await chat("And what is polling?")).json() as Answer;
  expect(other.choices[0]?.message.content).not.toBe(answer.choices[0]?.message.content);
});

test("tokens are counted, and a limit of them holds", async () => {
  const { chat, world } = await setUp();
  // "Be brief." is 3 tokens and "Hi" one; 4 stand around each message, and 3 before the answer.
  const whole = (await chat("Hi")).json() as Answer;
  expect(whole.usage["prompt_tokens"]).toBe(3 + 1 + 2 * 4 + 3);
  const short = (await chat("Hi", { max_completion_tokens: 5 })).json() as Answer;
  expect(short.usage).toMatchObject({ prompt_tokens: 15, completion_tokens: 5, total_tokens: 20 });
  expect(short.choices[0]).toMatchObject({
    message: { content: 'You said: "Hi".' },
    finish_reason: "length",
  });
  expect(world.aiUsage.counts()).toEqual({
    calls: 2,
    failed: 0,
    prompt_tokens: 30,
    completion_tokens: 5 + (whole.usage["completion_tokens"] ?? 0),
  });
});

test("a stream tells the same answer token by token, and its usage when asked", async () => {
  const { chat } = await setUp();
  const whole = (await chat("Hi")).json() as Answer;
  const reply = await chat("Hi", { stream: true, stream_options: { include_usage: true } });
  expect(reply.headers.get("content-type")).toBe("text/event-stream");
  expect(reply.text.endsWith("data: [DONE]\n\n")).toBe(true);
  const chunks = events(reply.text);
  expect(content(chunks)).toBe(whole.choices[0]?.message.content);
  expect(chunks[0]).toMatchObject({
    object: "chat.completion.chunk",
    choices: [{ delta: { role: "assistant" } }],
  });
  expect(chunks.at(-2)).toMatchObject({ choices: [{ delta: {}, finish_reason: "stop" }], usage: null });
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage });
  expect((await chat("Hi", { stream: true })).text).not.toContain("usage");
});

test("tokens come at the set speed", async () => {
  const { open, clock, set } = await setUp();
  set({ tokens_per_second: 10 });
  const response = await open("/v1/chat/completions", asked("Hi", { stream: true }));
  let text = "";
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const part of response.body ?? []) text += decoder.decode(part as Uint8Array);
  })();
  await expect.poll(() => events(text)).toHaveLength(1);
  await clock.pass(0.3);
  await expect.poll(() => content(events(text))).toBe("You said:");
  await clock.pass(60);
  await reading;
  expect(text).toContain("[DONE]");
});

test("errors come in OpenAI's form, as often as is set, and are counted", async () => {
  const { chat, set, world } = await setUp();
  set({ too_many_requests: { share: 1, retry_after: 20 } });
  const limited = await chat("Hi");
  expect(limited.status).toBe(429);
  expect(limited.headers.get("retry-after")).toBe("20");
  expect(limited.json()).toMatchObject({
    error: { type: "requests", param: null, code: "rate_limit_exceeded" },
  });
  set({ server_errors: 1 });
  const broken = await chat("Hi");
  expect(broken.status).toBe(500);
  expect(broken.json()).toMatchObject({ error: { type: "server_error", code: null } });
  expect(world.aiUsage.counts()).toMatchObject({ calls: 2, failed: 2 });
  expect(world.faults.counts()).toEqual({ too_many_requests: 1, server_error: 1 });
});

test("models are listed, and any may be named", async () => {
  const { request } = await setUp();
  expect((await request("/v1/models")).json()).toMatchObject({
    object: "list",
    data: [{ id: "simulated", object: "model" }],
  });
  expect((await request("/v1/models/simulated")).status).toBe(200);
});

test.each([
  ["/v1/chat/completions", "{", 400, /parse the JSON body/],
  ["/v1/chat/completions", {}, 400, /^Invalid 'model'/],
  ["/v1/chat/completions", { model: "x", messages: [] }, 400, /^Invalid 'messages'/],
  ["/v1/embeddings", {}, 404, /^Unknown request URL: POST \/v1\/embeddings/],
])("%s with %j is refused with %i", async (path, body, status, message) => {
  const { request } = await setUp();
  const reply = await request(path, body);
  expect(reply.status).toBe(status);
  expect(reply.json()).toMatchObject({
    error: { type: "invalid_request_error", message: expect.stringMatching(message) as unknown },
  });
});

test("any key will do, but none will not", async () => {
  const { request } = await setUp();
  const reply = await request("/v1/models", undefined, {});
  expect(reply.status).toBe(401);
  expect(reply.json()).toMatchObject({ error: { type: "invalid_request_error" } });
});
