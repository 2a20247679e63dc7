import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { startSimulator } from "../../simulator/testing/server.ts";
import { TEST_TOKEN } from "../../simulator/testing/world.ts";
import { freePort } from "../../test/support/wait.ts";
import type { RelayConfig } from "./config.ts";
import { createRelay } from "./relay.ts";

const notice = {
  version: "4",
  receiver: "critical",
  alerts: [
    {
      status: "firing",
      labels: { alertname: "RedisDown", severity: "critical", stack: "dev" },
      annotations: { summary: "Redis does not answer" },
      startsAt: "2026-01-02T03:04:05.678Z",
      endsAt: "0001-01-01T00:00:00Z",
    },
  ],
};
const secret = "hook-secret-0123456789";

/** A relay, and what it writes into its log. */
function start(config: Partial<RelayConfig>) {
  const log: string[] = [];
  const all: RelayConfig = {
    host: "127.0.0.1",
    port: 0,
    logLevel: "info",
    telegram: undefined,
    webhookUrl: undefined,
    watchdogUrl: undefined,
    grafanaUrl: undefined,
    ...config,
  };
  const relay = createRelay(all, pino({}, { write: (line: string) => void log.push(line) }));
  onTestFinished(() => relay.close());
  const post = async (url: string, payload: object = notice): Promise<number> =>
    (await relay.inject({ method: "POST", url, payload })).statusCode;
  return { relay, post, log };
}

/** A server that answers with one status, and what it got. */
async function receiver(status: number) {
  const got: unknown[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      got.push(JSON.parse(Buffer.concat(chunks).toString()));
      response.writeHead(status, { location: "/elsewhere" }).end(`no ${secret}`);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { got, url: `http://127.0.0.1:${port}/${secret}` };
}

test("a notification is a message in the chat that people see", async () => {
  const { url } = await startSimulator();
  const ada = 5_000_000_001;
  await fetch(`${url}/simulator/api/people/${ada}/messages`, { method: "POST", body: '{"text":"/start"}' });
  const { post, log } = start({ telegram: { apiUrl: url, token: TEST_TOKEN, chat: String(ada) } });
  expect(await post("/telegram")).toBe(200);
  const chat: unknown = await (await fetch(`${url}/simulator/api/people/${ada}/messages`)).json();
  expect(JSON.stringify(chat)).toContain("🔴 RedisDown · dev");
  expect(log.join()).toMatch(/"receiver":"telegram","alerts":\["RedisDown firing"\].*delivered/);
});

test("a chat that the bot may not write to is a refusal for good, and the log says why", async () => {
  const { url } = await startSimulator();
  const { post, log } = start({ telegram: { apiUrl: url, token: TEST_TOKEN, chat: "-100123" } });
  expect(await post("/telegram")).toBe(400);
  expect(log.join()).toContain("not delivered: Telegram answered 400: Bad Request: chat not found");
});

test("a Telegram that is away or wants a pause is tried again, and the token stays out of the log", async () => {
  const away = start({
    telegram: { apiUrl: `http://127.0.0.1:${await freePort()}`, token: TEST_TOKEN, chat: "1" },
  });
  expect(await away.post("/telegram")).toBe(503);
  const { url } = await startSimulator();
  const bot_api = { too_many_requests: { share: 1 } };
  await fetch(`${url}/simulator/api/faults`, { method: "PUT", body: JSON.stringify({ bot_api }) });
  const busy = start({ telegram: { apiUrl: url, token: TEST_TOKEN, chat: "1" } });
  expect(await busy.post("/telegram")).toBe(503);
  expect([...away.log, ...busy.log].join()).toMatch(/ECONNREFUSED[^]*Telegram answered 429/);
  expect([...away.log, ...busy.log].join()).not.toContain(TEST_TOKEN.split(":")[1]);
});

test("a webhook gets what Alertmanager said, all of it", async () => {
  const { got, url } = await receiver(204);
  const { post } = start({ webhookUrl: url });
  expect(await post("/webhook")).toBe(200);
  expect(got).toEqual([notice]);
});

test.each([
  [500, 503],
  [429, 503],
  [302, 503],
  [404, 400],
])(
  "a webhook that answers %d makes Alertmanager hear %d, and its address stays secret",
  async (status, heard) => {
    const { url } = await receiver(status);
    const { post, log, relay } = start({ webhookUrl: url, watchdogUrl: url });
    for (const path of ["/webhook", "/watchdog"]) expect(await post(path)).toBe(heard);
    const { body } = await relay.inject({ method: "POST", url: "/webhook", payload: notice });
    expect(log).toHaveLength(3);
    expect([...log, body].join()).not.toContain(secret);
  },
);

test("what is no notification, and a receiver that nobody asked for, are refused", async () => {
  const { post } = start({ webhookUrl: "http://127.0.0.1:9/" });
  expect(await post("/webhook", { alerts: [] })).toBe(400);
  expect(await post("/telegram")).toBe(404);
});
