import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { freshDatabase } from "../test/support/database.ts";
import { freePort } from "../test/support/wait.ts";
import { createLog } from "./log.ts";
import { commands } from "./telegram/commands.ts";
import { handling, secret, startBot, token, type TestBot } from "./testing/bot.ts";
import { refusal, startFakeApi, type FakeApi } from "./testing/fake-api.ts";
import { membership, message, person, photo, press } from "./testing/updates.ts";

const servers = inject("servers");
const lines: string[] = [];
const { log } = createLog("info", "web", {
  write: (line) => void lines.push(line),
  flush: () => Promise.resolve(true),
  exit: () => undefined,
});
let api: FakeApi;
let database: string;
const open: TestBot[] = [];

beforeAll(async () => {
  [api, database] = await Promise.all([startFakeApi(), freshDatabase(servers.postgres)]);
});
afterAll(async () => {
  for (const bot of open) await bot.close();
  await api.close();
});

async function start(options: Partial<Parameters<typeof startBot>[0]> = {}): Promise<TestBot> {
  const bot = await startBot({ servers, database, apiUrl: api.url, requests: 1000, log, ...options });
  open.push(bot);
  return bot;
}

/** What looks like something that nobody else should read. */
const planted = "hunter2-4929123412341234";
const named = { ...person("en", `Ada ${planted}`), username: planted.replaceAll("-", "_") };
const texts = [
  ...["/start", planted, "/profile", "/search", "/cancel", "/nonsense"],
  ...commands.map((command) => `/${command} ${planted}`),
  `<b>${planted}`,
  `'; DROP TABLE users; -- ${planted}`,
  `{"${planted}": `,
  `${planted}\u0000\ud800`,
];
const presses = ["edit:name", "edit:skills", "ask-words:a:0:::", "ask-city:a:0:::", "search:a:0:", planted];

/** Says and presses everything, and answers each question that is opened with the planted text. */
async function talk(bot: TestBot): Promise<void> {
  for (const text of texts) await bot.deliver(message(named, text));
  for (const data of presses) {
    await bot.deliver(press(named, data));
    await bot.deliver(message(named, planted));
  }
  await bot.deliver(photo(named));
  await bot.deliver(membership(named, "kicked"));
}

/** Lines since the last look; all are JSON. */
function logged(): { text: string; updates: unknown[]; messages: unknown[] } {
  const own = lines.splice(0);
  const parsed = own.map((line) => JSON.parse(line) as Record<string, unknown>);
  return {
    text: own.join(""),
    updates: parsed.map((line) => line["update_id"]),
    messages: parsed.map((line) => line["msg"]),
  };
}

function expectNothingPrivate(text: string): void {
  for (const one of [planted, named.username, token, token.split(":")[1] ?? "", secret]) {
    expect(text).not.toContain(one);
  }
}

test("a conversation leaves nothing of what was said in the log", async () => {
  const bot = await start();
  await talk(bot);
  expectNothingPrivate(logged().text);
  expect(api.texts(named.id).join("")).toContain(planted);
});

test("neither do answers of the Bot API that fail, in whatever way", async () => {
  const bot = await start();
  const failures = [
    ...[refusal(400, "Bad Request"), refusal(403, "Forbidden"), refusal(429, "Too Many Requests", 1)],
    ...[refusal(500, "Internal"), { cut: true }, { body: planted }, { status: 404 }],
  ];
  for (const failure of failures) {
    api.answer = () => failure;
    await bot.deliver(message(person("en", planted), `/start ${planted}`));
    // The answer shows it.
    await bot.deliver(message(named, `/search ${planted}`));
  }
  api.answer = () => undefined;
  const { text, messages } = logged();
  expect(messages).toContain("a call was refused");
  expect(messages).toContain("a call failed and waits");
  expectNothingPrivate(text);
  const away = await start({ apiUrl: `http://127.0.0.1:${await freePort()}` });
  await away.deliver(message(named, planted));
  expectNothingPrivate(logged().text);
});

test("neither do handlers that fail, and each line has the id of its update", async () => {
  const statements: [string, unknown][] = [
    ["SELECT $1::int", planted],
    ["SELECT $1::jsonb", `{"${planted}`],
    ["SELECT $1::timestamptz", planted],
    ["INSERT INTO users (id, city) VALUES (1, $1)", planted.repeat(5)],
    ["INSERT INTO users (id, chosen_language) VALUES (1, $1)", planted],
  ];
  const updates: number[] = [];
  for (const [statement, value] of statements) {
    const bot = await start({ handler: handling((ctx) => ctx.tx.query("user_update", statement, [value])) });
    const update = message(person(), planted);
    updates.push(update.update_id);
    await bot.deliver(update);
  }
  const slow = await start({ handler: handling(() => new Promise(() => undefined)), handlerLimit: 50 });
  const late = message(named, planted);
  await slow.deliver(late);
  const { text, messages, updates: ids } = logged();
  expectNothingPrivate(text);
  expect(messages.filter((one) => one === "a handler failed")).toHaveLength(statements.length);
  expect(messages).toContain("a handler took too long");
  expect(ids.filter((id) => id !== undefined)).toEqual([...updates, late.update_id]);
});

test("neither do a database that breaks off, an update that is given up, and what is no update", async () => {
  const failing = (statement: string, ...values: string[]) =>
    start({ handler: handling((ctx) => ctx.tx.query("user_update", statement, values)) });
  const broken = await failing("SELECT pg_terminate_backend(pg_backend_pid()), $1::text", planted);
  await broken.deliver(message(named, planted));
  const slow = await failing("DO $$ BEGIN RAISE EXCEPTION 'too slow' USING ERRCODE = '57014'; END $$");
  const poison = message(named, planted);
  for (let i = 0; i < 5; i += 1) await slow.deliver(poison);
  for (const body of [`{"update_id": "${planted}"`, { planted }, planted, { update_id: planted }]) {
    await slow.deliver(body);
  }
  await slow.deliver(message(named, planted), planted);
  const { text, messages } = logged();
  expect(messages).toContain("the update goes back to Telegram");
  expect(messages).toContain("the update failed too often and was given up");
  expectNothingPrivate(text);
});
