import { createServer, type RequestListener } from "node:http";
import { pino } from "pino";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { botOf } from "../../simulator/bot.ts";
import { systemClock } from "../../simulator/clock.ts";
import { faultSettings } from "../../simulator/faults/settings.ts";
import { createSimulatorServer } from "../../simulator/server.ts";
import { listen } from "../../simulator/testing/server.ts";
import { TEST_TOKEN } from "../../simulator/testing/world.ts";
import { createWorld } from "../../simulator/world.ts";
import { createMetrics } from "../metrics.ts";
import { complete, type ChatMessage } from "./client.ts";
import { createMentor, MentorAway } from "./mentor.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const never = new AbortController().signal;
const key = "planted-key";
const question: ChatMessage[] = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "planted-question" },
];

/** A mentor at an address, and what it logs and counts. */
function mentorAt(url: string, callMs?: number) {
  const lines: string[] = [];
  const metrics = createMetrics("test");
  const log = pino({ level: "trace" }, { write: (line: string) => void lines.push(line) });
  const mentor = createMentor({ url: `${url}/v1`, key, model: "simulated" }, metrics, log, callMs);
  const value = async (name: string, labels: Record<string, string> = {}) => {
    mentor.updateMetrics();
    const found = (await metrics.registry.getMetricsAsJSON()).find((metric) => metric.name === name);
    return found?.values.find(
      ({ labels: own, ...rest }) =>
        !("metricName" in rest && rest.metricName !== `${name}_count`) &&
        Object.entries(labels).every(([label, wanted]) => own[label] === wanted),
    )?.value;
  };
  return {
    lines,
    value,
    mentor,
    ask: (signal = never) => mentor.ask(question, signal),
    away: () => expect(mentor.ask(question, never)).rejects.toBeInstanceOf(MentorAway),
    outcome: (outcome: string) => value("bot_mentor_requests_total", { outcome }),
  };
}

/** The simulator's endpoint. */
async function simulated(callMs?: number) {
  const world = createWorld({ clock: systemClock, bot: botOf(TEST_TOKEN) });
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
  return {
    ...mentorAt(url, callMs),
    calls: () => world.aiUsage.counts().calls,
    set: (openai: object) => world.faults.set(faultSettings.parse({ openai })),
  };
}

/** An endpoint that answers as the test says. */
async function endpoint(handle: RequestListener) {
  const server = createServer(handle);
  const url = await listen(server);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url, ...mentorAt(url) };
}

const answering =
  (body: unknown, status = 200, headers = {}): RequestListener =>
  (_request, response) =>
    response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));

test("an answer comes with the tokens that the endpoint counted", async () => {
  const { ask, value, outcome } = await simulated();
  const { text, tokens } = await ask();
  expect(text).toContain('You said: "planted-question".');
  // 4 stand around each message, and 3 before the answer.
  expect(tokens.prompt).toBe(3 + 4 + 2 * 4 + 3);
  expect(tokens.answer).toBeGreaterThan(10);
  expect(await outcome("answered")).toBe(1);
  expect(await value("bot_mentor_tokens_total", { part: "prompt" })).toBe(tokens.prompt);
  expect(await value("bot_mentor_tokens_total", { part: "answer" })).toBe(tokens.answer);
  expect(await value("bot_mentor_duration_seconds")).toBe(1);
});

test("tokens are estimated where the endpoint counts none", async () => {
  const { ask } = await endpoint(answering({ choices: [{ message: { content: " Yes.\0 " } }] }));
  expect(await ask()).toEqual({ text: "Yes.", tokens: { prompt: 9, answer: 2 } });
});

test("what fails is tried once more, and not twice", async () => {
  const { away, ask, calls, set, outcome } = await simulated();
  set({ server_errors: 1 });
  await away();
  expect(calls()).toBe(2);
  expect(await outcome("unavailable")).toBe(2);
  let fails = 1;
  const shaky = await endpoint((request, response) => {
    if ((fails -= 1) >= 0) request.socket.destroy();
    else answering({ choices: [{ message: { content: "Here I am" } }] })(request, response);
  });
  expect((await shaky.ask()).text).toBe("Here I am");
  set({});
  await ask();
});

test("a short wait that the endpoint asks for is obeyed, a long one ends the question at once", async () => {
  const { away, calls, set, outcome } = await simulated();
  set({ too_many_requests: { share: 1, retry_after: 6 } });
  await away();
  expect(calls()).toBe(1);
  set({ too_many_requests: { share: 1, retry_after: 1 } });
  await away();
  expect(calls()).toBe(3);
  expect(await outcome("limited")).toBe(3);
  for (const [header, retryAfter] of [
    ["4", 4000],
    ["6", undefined],
    ["soon", 1000],
  ] as const) {
    const { url } = await endpoint(answering("", 429, { "retry-after": header }));
    const config = { url, key, model: "any" };
    await expect(complete(config, question, 1000, never)).rejects.toMatchObject({ retryAfter });
  }
});

test("an answer that takes too long is not waited for, and not asked for again", async () => {
  const { away, set, outcome } = await simulated(50);
  set({ latency_ms: 600_000 });
  await away();
  expect(await outcome("timeout")).toBe(1);
});

test("a refusal tells the operator what to look at, and neither key nor question is repeated", async () => {
  const echo = { error: { code: "invalid_api_key", message: `wrong key ${key} for planted-question` } };
  const { away, lines, outcome } = await endpoint(answering(echo, 401));
  await away();
  expect(await outcome("refused")).toBe(1);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain("the endpoint answered 401 (invalid_api_key): its address, its key or the name");
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: 50 });
  expect(lines.join()).not.toMatch(/planted/);
});

test.each([
  ["no JSON", "<html>"],
  ["none of a chat", { choices: [] }],
  ["empty", { choices: [{ message: { content: " " } }] }],
])("an answer that is %s is no answer", async (_what, body) => {
  const { away, outcome } = await endpoint(answering(body));
  await away();
  expect(await outcome("unreadable")).toBe(1);
});

test("the key goes to nobody else: a redirection is not followed", async () => {
  let asked = 0;
  const elsewhere = createServer((_request, response) => response.end(String((asked += 1))));
  const url = await listen(elsewhere);
  onTestFinished(() => void elsewhere.close());
  const { away } = await endpoint(answering("", 307, { location: url }));
  await away();
  expect(asked).toBe(0);
});

test("after five questions without an answer the endpoint is left alone for 60 s, then two answers are enough", async () => {
  const { away, ask, calls, set, mentor, outcome, value } = await simulated();
  set({ too_many_requests: { share: 1, retry_after: 20 } });
  for (let n = 0; n < 5; n += 1) await away();
  expect(calls()).toBe(5);
  expect(await value("bot_mentor_breaker_state")).toBe(2);
  set({});
  await away();
  expect(calls()).toBe(5);
  expect(await outcome("rejected")).toBe(1);
  vi.setSystemTime(Date.now() + 60_000);
  expect(await value("bot_mentor_breaker_state")).toBe(1);
  await ask();
  expect(mentor.status().state).toBe("half-open");
  await ask();
  expect(mentor.status().state).toBe("closed");
  expect(await value("bot_mentor_breaker_state")).toBe(0);
});

test("a question that is broken off counts neither as a failure nor, while the breaker decides, as a success", async () => {
  const { ask, away, set, mentor } = await simulated();
  set({ latency_ms: 600_000 });
  const broken = new AbortController();
  const asked = ask(broken.signal);
  broken.abort(new Error("broken off"));
  await expect(asked).rejects.toThrow("broken off");
  expect(mentor.status()).toMatchObject({ state: "closed", failures_in_a_row: 0 });
  set({ too_many_requests: { share: 1, retry_after: 20 } });
  for (let n = 0; n < 5; n += 1) await away();
  vi.setSystemTime(Date.now() + 60_000);
  set({});
  const aborted = AbortSignal.abort(new Error("broken off"));
  expect((await ask(aborted)).text).not.toBe("");
});
