// Bodies and updates as nobody should send them: the right status, no failure, nothing left behind, and nothing of them in
// the log.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { freshDatabase } from "../../test/support/database.ts";
import { createLog } from "../log.ts";
import { secret, startBot, type TestBot } from "../testing/bot.ts";
import { startFakeApi, type FakeApi } from "../testing/fake-api.ts";
import { hostileBodies } from "../testing/hostile-bodies.ts";
import { hostileTexts } from "../testing/hostile-texts.ts";
import { hostileUpdates } from "../testing/hostile-updates.ts";
import { talk } from "../testing/talk.ts";
import { message, press, type TestPerson } from "../testing/updates.ts";

const servers = inject("servers");
const lines: string[] = [];
const { log } = createLog("info", "web", {
  write: (line) => void lines.push(line),
  flush: () => Promise.resolve(true),
  exit: () => undefined,
});
const unhandled: unknown[] = [];
const note = (error: unknown): void => void unhandled.push(error);
let api: FakeApi;
let bot: TestBot;
let ada: TestPerson;

beforeAll(async () => {
  process.on("unhandledRejection", note);
  api = await startFakeApi();
  const database = await freshDatabase(servers.postgres);
  bot = await startBot({ servers, database, apiUrl: api.url, requests: 1e6, log });
});
afterAll(async () => {
  process.off("unhandledRejection", note);
  await bot.close();
  await api.close();
});
beforeEach(async () => {
  ada = await talk(bot, api).known("Ada");
  lines.length = 0;
});
afterEach(async () => {
  await bot.unitOfWork.settled();
  expect(unhandled).toEqual([]);
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(await bot.sql("SELECT method, payload, error FROM outbox")).toEqual([]);
});

async function post(payload: string | Buffer): Promise<number> {
  const response = await bot.server.inject({
    method: "POST",
    url: "/telegram",
    headers: { "content-type": "application/json", "x-telegram-bot-api-secret-token": secret },
    payload,
  });
  expect(response.body).not.toMatch(/hunter2|\.ts:/);
  for (const name of ["server", "x-powered-by"]) expect(response.headers).not.toHaveProperty(name);
  return response.statusCode;
}

/** Answers of the webhook with that status, as the metric has them. */
async function answered(status: number): Promise<number> {
  const { values } = await bot.metrics.httpRequestDuration.get();
  const found = values.find(
    ({ metricName, labels }) =>
      metricName === "bot_http_request_duration_seconds_count" &&
      labels.route === "/telegram" &&
      labels.code === String(status),
  );
  return found?.value ?? 0;
}

/** Updates by how they ended. */
async function outcomes(): Promise<Record<string, number>> {
  const { values } = await bot.metrics.updates.get();
  const sums: Record<string, number> = {};
  for (const { labels, value } of values) {
    const outcome = String(labels.outcome);
    sums[outcome] = (sums[outcome] ?? 0) + value;
  }
  return sums;
}

describe("a body:", () => {
  it.each(Object.entries(hostileBodies))("%s", async (_, [status, body]) => {
    const before = await answered(status);
    expect(await post(body())).toBe(status);
    expect(await answered(status)).toBe(before + 1);
    expect(({} as Record<string, unknown>)["message"]).toBeUndefined();
    expect(lines).toEqual([]);
  });
});

describe("an update with", () => {
  it.each(Object.entries(hostileUpdates))("%s", async (_, [outcome, make]) => {
    const before = await outcomes();
    expect(await post(JSON.stringify(make(ada)))).toBe(outcome === "refused" ? 400 : 200);
    const after = await outcomes();
    const grown = Object.keys(after).filter((one) => after[one] !== before[one]);
    expect(grown).toEqual(outcome === "refused" ? [] : [outcome]);
    expect(lines.join("")).not.toMatch(/hunter2|a handler/);
  });
});

/** Questions that a text may be the answer to, by the button that asks. */
const questions = ["edit:name", "edit:skills", "edit:about", "ask-words:a:0:::", "team:create"];

describe("a text of", () => {
  it.each(Object.entries(hostileTexts))("%s", async (_, text) => {
    const before = await outcomes();
    const updates = [
      message(ada, text),
      ...["/search", "/ask", "/start"].map((command) => message(ada, `${command} ${text}`)),
      ...questions.flatMap((question) => [press(ada, question), message(ada, text)]),
      message(ada, "/profile"),
      message(ada, "/team"),
    ];
    for (const update of updates) expect(await post(JSON.stringify(update))).toBe(200);
    expect(await outcomes()).toEqual({ ...before, ok: (before["ok"] ?? 0) + updates.length });
    expect(lines).toEqual([]);
  });
});
