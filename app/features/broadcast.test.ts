import { fork, type ChildProcess } from "node:child_process";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { freshDatabase } from "../../test/support/database.ts";
import { until } from "../../test/support/wait.ts";
import { broadcast } from "../jobs/broadcast.ts";
import { startBot, type TestBot } from "../testing/bot.ts";
import { refusal, startFakeApi, type FakeApi } from "../testing/fake-api.ts";
import { talk } from "../testing/talk.ts";
import { message, person, press, service } from "../testing/updates.ts";
import { startWorker } from "../testing/worker.ts";

const servers = inject("servers");
const root = person("en", "Root");
let name: string;
let api: FakeApi;
let bot: TestBot;
let people: ReturnType<typeof talk>;
const stops: (() => Promise<void>)[] = [];
const children: ChildProcess[] = [];

beforeAll(async () => {
  api = await startFakeApi();
  name = await freshDatabase(servers.postgres);
  bot = await startBot({ servers, database: name, apiUrl: api.url, admins: [root.id] });
  people = talk(bot, api);
  await bot.deliver(message(root, "/start"));
});
beforeEach(async () => {
  api.answer = () => undefined;
  await bot.sql("DELETE FROM jobs", "DELETE FROM broadcasts", "DELETE FROM users WHERE id < 1000000");
  await bot.sql(`UPDATE users SET notifications = false, dialogue = NULL WHERE id = ${root.id}`);
  api.calls.length = 0;
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await Promise.all(children.splice(0).map(end));
});
afterAll(async () => {
  await bot.close();
  await api.close();
});

async function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}

/** In order: what it asked of Postgres before it was killed could still take the next test's job, for nobody. */
async function end(child: ChildProcess): Promise<void> {
  if (child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.disconnect();
  await gone;
}

/** So many people who want news, with ids from 1. */
const audience = (count: number) =>
  bot.sql(
    `INSERT INTO users (id, user_type, language) SELECT n, 'team', 'en' FROM generate_series(1, ${count}) AS n`,
  );

/** Goes through the dialogue up to the question; the answer has the buttons. */
async function prepare(label = /^Everybody/) {
  await people.say(root, "/broadcast");
  const choice = await people.say(root, "News for <all>!");
  const data = [...choice.buttons].find(([text]) => label.test(text))?.[1] ?? "";
  return people.press(root, data);
}

async function start(label?: RegExp): Promise<number> {
  const { buttons } = await prepare(label);
  const data = [...buttons.values()].find((one) => one.startsWith("broadcast:start")) ?? "";
  await bot.deliver(press(root, data));
  return Number(data.split(":")[2]);
}

/** Ids of the people to whom the message was sent, in order. */
const got = () =>
  api.calls
    .filter(({ method, payload }) => method === "copyMessage" && payload["chat_id"] !== root.id)
    .map(({ payload }) => Number(payload["chat_id"]))
    .sort((a, b) => a - b);
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const worker = () => stops.push(startWorker(bot, broadcast));

async function state(id: number) {
  const [row] = await bot.sql(`SELECT state, total, sent, blocked, failed FROM broadcasts WHERE id = ${id}`);
  return row;
}
const ended = (id: number, how = "done") =>
  until(`the broadcast is ${how}`, async () => (await state(id))?.["state"] === how, 60_000);

test("an admin sends a message, chooses who gets it, sees it, and only then it goes out, with a report", async () => {
  await audience(7);
  await bot.sql(
    "UPDATE users SET notifications = false WHERE id = 1",
    "UPDATE users SET blocked_at = now() WHERE id = 2",
    "UPDATE users SET deleted_at = now() WHERE id = 3",
  );
  worker();
  const preview = await prepare();
  expect(preview.text).toContain("People: <b>4</b>");
  const shown = api.calls.find(({ method }) => method === "copyMessage");
  expect(shown?.payload).toMatchObject({ chat_id: root.id, from_chat_id: root.id });
  expect(got()).toEqual([]);
  const id = await start();
  await ended(id);
  expect(got()).toEqual([4, 5, 6, 7]);
  await until("the admin has the report", () => people.last(root).text.includes("The broadcast is done"));
  expect(people.last(root).text).toContain("Sent: 4 of 4");
});

test("each audience is who it says", async () => {
  await audience(8);
  await bot.sql(
    "UPDATE users SET user_type = 'participant' WHERE id = 1",
    "UPDATE users SET user_type = 'cofounder' WHERE id = 2",
    "UPDATE users SET is_searching = true WHERE id IN (3, 4)",
    "UPDATE users SET language = 'ru' WHERE id = 5",
    "UPDATE users SET premium_until = now() + interval '1 day' WHERE id = 6",
    "UPDATE users SET premium_until = now() - interval '1 day' WHERE id = 7",
    "UPDATE users SET last_active = now() - interval '31 days' WHERE id = 8",
  );
  await people.say(root, "/broadcast");
  const { buttons } = await people.say(root, "News");
  const counts = [...buttons.keys()].map((label) => label.replace(/[^\p{L}\d ·-]/gu, "").trim());
  expect(counts).toEqual([
    "Everybody · 8",
    "Here in 30 days · 7",
    "Looking for people · 2",
    "Premium · 1",
    "Participants · 1",
    "Co-founders · 1",
    "Teams · 6",
    "English · 7",
    "Русский · 1",
    "Cancel",
  ]);
  worker();
  await ended(await start(/Looking/));
  expect(got()).toEqual([3, 4]);
});

test("who has blocked the bot is marked and left out of the next one, and other refusals count as failed", async () => {
  await audience(6);
  api.answer = ({ method, payload }) => {
    if (method !== "copyMessage") return undefined;
    if (payload["chat_id"] === 2) return refusal(403, "Forbidden: bot was blocked by the user");
    return payload["chat_id"] === 4 ? refusal(400, "Bad Request: chat not found") : undefined;
  };
  worker();
  const first = await start();
  await ended(first);
  expect(await state(first)).toEqual({ state: "done", total: 6, sent: 4, blocked: 1, failed: 1 });
  expect(await bot.sql("SELECT id FROM users WHERE id < 100 AND blocked_at IS NOT NULL")).toEqual([
    { id: "2" },
  ]);
  const second = await start();
  await ended(second);
  expect(await state(second)).toMatchObject({ total: 5, sent: 4 });
});

test("it waits as long as Telegram asks, tries again what had no answer, and nobody gets it twice", async () => {
  await audience(12);
  const refused = new Set<number>();
  api.answer = ({ method, payload }) => {
    const id = Number(payload["chat_id"]);
    if (method !== "copyMessage" || id === root.id || id % 3 !== 0 || refused.has(id)) return undefined;
    refused.add(id);
    return id === 6
      ? refusal(500, "Internal Server Error")
      : refusal(429, "Too Many Requests: retry after 1", 1);
  };
  worker();
  const id = await start();
  await ended(id);
  expect(await state(id)).toMatchObject({ sent: 12, failed: 0 });
  expect(got()).toEqual([...numbers(1, 12), 3, 6, 9, 12].sort((a, b) => a - b));
});

test("at most 25 leave in a second", async () => {
  await audience(60);
  const times: number[] = [];
  api.answer = ({ method, payload }) => {
    if (method === "copyMessage" && payload["chat_id"] !== root.id) times.push(performance.now());
    return undefined;
  };
  worker();
  await ended(await start());
  // The pace is that of the sender; what arrives may be squeezed by a few milliseconds on the way.
  for (const [index, time] of times.entries()) {
    const later = times[index + 30];
    if (later !== undefined) expect(later - time).toBeGreaterThan(900);
  }
  expect(times).toHaveLength(60);
});

test("it can be stopped, and says how far it came", async () => {
  await audience(200);
  worker();
  const id = await start();
  await until("some have it", () => got().length > 10);
  await bot.deliver(press(root, `broadcast:stop:${id}`));
  await until("the admin has the report", () => api.texts(root.id).some((text) => /Stopped/.test(text)));
  await until("the job has ended", async () => {
    const rows = await bot.sql("SELECT FROM jobs WHERE kind = 'broadcast' AND ended_at IS NULL");
    return rows.length === 0;
  });
  const row = await state(id);
  expect(row).toMatchObject({ state: "stopped", sent: got().length });
  expect(got().length).toBeLessThan(200);
});

test("a worker that is killed in the middle costs nobody the message, and at most five get it twice", async () => {
  await audience(120);
  const spawn = () => {
    const child = fork(new URL("../testing/broadcast-worker.ts", import.meta.url), [
      String(servers.postgres),
      name,
      api.url,
    ]);
    children.push(child);
    return child;
  };
  const id = await start();
  for (const enough of [20, 60]) {
    const child = spawn();
    await until("some have it", () => got().length >= enough, 30_000);
    await kill(child);
    // Instead of waiting until the lease of the dead worker is over.
    await bot.sql("UPDATE jobs SET leased_until = now() - interval '1 second' WHERE ended_at IS NULL");
  }
  spawn();
  await ended(id);
  expect([...new Set(got())]).toEqual(numbers(1, 120));
  expect(got().length).toBeLessThanOrEqual(120 + 2 * 5);
  expect(await state(id)).toMatchObject({ sent: 120 });
});

test("a message that was deleted meanwhile stops it, and the admin is told why", async () => {
  await audience(20);
  api.answer = ({ method, payload }) =>
    method === "copyMessage" && payload["chat_id"] !== root.id
      ? refusal(400, "Bad Request: message to copy not found")
      : undefined;
  worker();
  const id = await start();
  await ended(id, "stopped");
  expect(got()).toHaveLength(5);
  await until("the admin is told", () => people.last(root).text.includes("The message is gone"));
});

test("one runs at a time, and a draft can be dropped at every step", async () => {
  await audience(3);
  await start();
  expect((await people.say(root, "/broadcast")).text).toContain("Sending");
  await bot.sql("UPDATE broadcasts SET state = 'done'");
  await people.say(root, "/broadcast");
  expect((await people.say(root, "/cancel")).text).toContain("stopped");
  expect((await people.say(root, "News")).text).toContain("not sure what to do");
  const { buttons } = await prepare();
  const again = [...buttons.values()].find((one) => one.startsWith("broadcast:start")) ?? "";
  await people.press(root, "broadcast:cancel");
  expect((await people.press(root, again)).notice).toContain("from earlier");
});

test("an answer to a message takes that message, whatever it is", async () => {
  await audience(1);
  const text = "/broadcast";
  const entities = [{ type: "bot_command", offset: 0, length: text.length }];
  await bot.deliver(
    service(root, { text, entities, reply_to_message: { message_id: 4321, date: 1, photo: [] } }),
  );
  expect(people.last(root).text).toContain("Who shall get it?");
  expect(await bot.sql("SELECT message_id FROM broadcasts")).toEqual([{ message_id: "4321" }]);
});

test("nobody else has these commands; admins find theirs under /admin and in the menu", async () => {
  const ada = await people.known("Ada");
  expect((await people.say(ada, "/broadcast")).text).toContain("I do not know this command");
  expect((await people.say(ada, "/admin")).text).toContain("I do not know this command");
  await people.press(ada, "broadcast:new");
  expect(await bot.sql("SELECT FROM broadcasts")).toEqual([]);
  expect([...(await people.say(root, "/admin")).buttons.values()]).toEqual([
    "broadcast:new",
    "maintenance:ask",
    "refund:list:0",
  ]);
  const menu = api.calls.find(({ method }) => method === "setMyCommands")?.payload;
  expect(menu).toMatchObject({ scope: { type: "chat", chat_id: root.id } });
  expect(JSON.stringify(menu)).toContain('"broadcast"');
});
