import fc from "fast-check";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { freshDatabase } from "../../test/support/database.ts";
import { until } from "../../test/support/wait.ts";
import { handling, secret, startBot, type TestBot } from "../testing/bot.ts";
import { startFakeApi, type FakeApi } from "../testing/fake-api.ts";
import { message, person, press } from "../testing/updates.ts";
import { isUpdate, subjectOf } from "./parse.ts";

const servers = inject("servers");
let api: FakeApi;
let database: string;
const open: TestBot[] = [];

beforeAll(async () => {
  api = await startFakeApi();
  database = await freshDatabase(servers.postgres);
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((bot) => bot.close()));
});

afterAll(() => api.close());

async function start(options: Partial<Parameters<typeof startBot>[0]> = {}): Promise<TestBot> {
  const bot = await startBot({ servers, database, apiUrl: api.url, ...options });
  open.push(bot);
  return bot;
}

test("only the secrets are accepted, each of them, and they are asked for before the body is read", async () => {
  const bot = await start({ secrets: ["new_secret", secret] });
  const update = message(person(), "/help");
  for (const wrong of ["", "x", `${secret}x`, secret.slice(1), "ü".repeat(20)]) {
    expect((await bot.deliver(update, wrong)).status).toBe(401);
  }
  expect((await bot.deliver("no JSON {", "wrong")).status).toBe(401);
  expect((await bot.deliver("no JSON {")).status).toBe(400);
  expect((await bot.deliver(update, "new_secret")).status).toBe(200);
  expect((await bot.deliver(update, secret)).status).toBe(200);
});

test("a body that is no update is refused, and breaks nothing", async () => {
  const bot = await start();
  const bodies = [
    "[]",
    "null",
    "{}",
    { update_id: "1" },
    { update_id: -1 },
    { update_id: 1.5 },
    { update_id: 1, message: { chat: "x" } },
    { update_id: 1, callback_query: {} },
  ];
  for (const body of bodies) expect((await bot.deliver(body)).status).toBe(400);
});

test("the look at an update survives every body", () => {
  const keys = fc.constantFrom(
    "update_id",
    "message",
    "callback_query",
    "my_chat_member",
    "chat",
    "from",
    "id",
    "type",
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof({ maxDepth: 5 }, fc.jsonValue(), fc.nat(), fc.dictionary(keys, tie("tree"))),
  }));
  fc.assert(
    fc.property(tree, (body) => {
      if (!isUpdate(body)) return;
      const subject = subjectOf(body);
      expect(subject === undefined || Number.isSafeInteger(subject.userId)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("more updates than the replica may have in work go back to Telegram", async () => {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const bot = await start({ inFlightLimit: 2, handler: handling(() => released) });
  const working = [bot.deliver(message(person(), "1")), bot.deliver(message(person(), "2"))];
  await until("both are in work", () => bot.webhook.inFlight() === 2);
  const third = await bot.deliver(message(person(), "3"));
  expect(third.status).toBe(429);
  expect(third.headers["retry-after"]).toMatch(/^[123]$/);
  expect(await bot.metric("bot_throttled_total", { limit: "in_flight" })).toBe(1);
  expect(await bot.metric("bot_updates_in_flight")).toBe(2);
  release();
  expect((await Promise.all(working)).map(({ status }) => status)).toEqual([200, 200]);
  expect((await bot.deliver(message(person(), "4"))).status).toBe(200);
});

test("a draining replica refuses with 503, which sends the update to another one", async () => {
  const bot = await start();
  bot.webhook.refuse();
  const answer = await bot.deliver(message(person(), "/help"));
  expect(answer.status).toBe(503);
  expect(answer.headers["connection"]).toBe("close");
});

test("over the rate limit the person is told once, in the acknowledgement itself", async () => {
  const bot = await start({ requests: 2 });
  const ada = person("ru");
  const before = api.calls.length;
  await bot.deliver(message(ada, "/help"));
  await bot.deliver(message(ada, "/help"));
  const notice = await bot.deliver(message(ada, "/help"));
  expect(notice.status).toBe(200);
  expect(JSON.parse(notice.body)).toMatchObject({ method: "sendMessage", chat_id: ada.id });
  expect(notice.body).toContain("Подождите");
  const quiet = await bot.deliver(message(ada, "/help"));
  expect(quiet).toMatchObject({ status: 200, body: "{}" });
  // A button stops spinning all the same.
  expect(JSON.parse((await bot.deliver(press(ada, "help"))).body)).toMatchObject({
    method: "answerCallbackQuery",
  });
  expect(api.calls.slice(before).filter(({ method }) => method === "sendMessage")).toHaveLength(2);
  expect(await bot.metric("bot_throttled_total", { limit: "user" })).toBe(3);
  expect((await bot.deliver(message(person(), "/help"))).body).toBe("{}");
});
