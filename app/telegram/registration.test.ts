import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { databaseConfig, freshDatabase } from "../../test/support/database.ts";
import { createDatabase, type Database } from "../database/pool.ts";
import { createMetrics } from "../metrics.ts";
import { token } from "../testing/bot.ts";
import { refusal, startFakeApi, type FakeApi } from "../testing/fake-api.ts";
import { createApi } from "./api.ts";
import { createRegistration } from "./registration.ts";

const port = inject("servers").postgres;
const metrics = createMetrics("test");
const webhookUrl = "https://bot.example/telegram";
let api: FakeApi;
let database: Database;

beforeAll(async () => {
  database = createDatabase(
    databaseConfig(port, await freshDatabase(port)),
    metrics,
    pino({ level: "silent" }),
  );
});
beforeEach(async () => {
  api = await startFakeApi();
  await database.query("registration", "DELETE FROM settings");
});
afterEach(() => api.close());
afterAll(() => database.close());

function registration(url = webhookUrl, secrets = ["secret"], webhookCertificate?: string) {
  const telegram = { apiUrl: api.url, token, webhookUrl: url, webhookSecrets: secrets, webhookCertificate };
  return createRegistration(database, createApi(api.url, token, metrics), telegram);
}

const registered = () =>
  api.calls.filter(({ method }) => method === "setWebhook").map(({ payload }) => payload);

test("of several replicas that start at once, one registers, and the others find it done", async () => {
  const replicas = Array.from({ length: 6 }, () => registration());
  const first = await Promise.all(replicas.map((register) => register()));
  expect(first.filter((info) => info !== undefined).length).toBeGreaterThanOrEqual(1);
  for (const register of replicas) expect(await register()).toEqual({ pending: 3, lastError: 0 });
  expect(registered()).toEqual([
    {
      url: webhookUrl,
      secret_token: "secret",
      allowed_updates: ["message", "callback_query", "pre_checkout_query", "my_chat_member"],
      max_connections: 100,
      drop_pending_updates: false,
    },
  ]);
  const commands = api.calls.filter(({ method }) => method === "setMyCommands");
  expect(commands.map(({ payload }) => payload["language_code"])).toEqual([undefined, "ru"]);
});

test("another address, a new secret, and a Bot API that forgot are put right", async () => {
  await registration()();
  await registration(webhookUrl, ["new", "secret"])();
  await registration("https://other.example/telegram", ["new", "secret"])();
  expect(registered().map(({ url, secret_token }) => [url, secret_token])).toEqual([
    [webhookUrl, "secret"],
    [webhookUrl, "new"],
    ["https://other.example/telegram", "new"],
  ]);
  await api.close();
  api = await startFakeApi();
  await registration("https://other.example/telegram", ["new", "secret"])();
  expect(registered()).toHaveLength(1);
});

test("a certificate that vouches for itself goes along, and a new one is told again", async () => {
  const certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
  await registration(webhookUrl, ["secret"], certificate)();
  await registration(webhookUrl, ["secret"], certificate)();
  expect(registered()).toEqual([
    {
      url: webhookUrl,
      secret_token: "secret",
      allowed_updates: '["message","callback_query","pre_checkout_query","my_chat_member"]',
      max_connections: "100",
      drop_pending_updates: "false",
      certificate,
    },
  ]);
  await registration(webhookUrl, ["secret"], `${certificate}\n`)();
  expect(registered()).toHaveLength(2);
});

test("a failure is an error that keeps the token to itself, and the next try succeeds at once", async () => {
  api.answer = ({ method }) => (method === "setWebhook" ? refusal(502, "Bad Gateway") : undefined);
  const failure = await registration()().catch((error: unknown) => error);
  expect(String(failure)).toContain("setWebhook: 502 Bad Gateway");
  expect(String(failure)).not.toContain(token);
  api.answer = () => undefined;
  expect(await registration()()).toBeDefined();
  expect(registered()).toHaveLength(2);
});
