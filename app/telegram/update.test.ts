import { afterAll, afterEach, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { freePort, until } from "../../test/support/wait.ts";
import { freshDatabase } from "../../test/support/database.ts";
import { DatabaseUnavailable } from "../database/errors.ts";
import { handling, startBot, type TestBot } from "../testing/bot.ts";
import { refusal, startFakeApi, type FakeApi } from "../testing/fake-api.ts";
import { message, person, press } from "../testing/updates.ts";
import { sweep } from "../worker.ts";
import type { BotContext } from "./context.ts";

const servers = inject("servers");
let api: FakeApi;
let database: string;
const open: TestBot[] = [];

beforeAll(async () => {
  api = await startFakeApi();
  database = await freshDatabase(servers.postgres);
});

afterEach(async () => {
  api.answer = () => undefined;
  await Promise.all(open.splice(0).map((bot) => bot.close()));
});

afterAll(() => api.close());

async function start(options: Partial<Parameters<typeof startBot>[0]> = {}): Promise<TestBot> {
  const bot = await startBot({ servers, database, apiUrl: api.url, ...options });
  open.push(bot);
  return bot;
}

/** Reads a number, thinks, and writes the next one: two at a time would lose one. */
const count = handling(async (ctx: BotContext) => {
  await ctx.tx.query("user_create", "INSERT INTO users (id) VALUES ($1) ON CONFLICT DO NOTHING", [
    ctx.from?.id,
  ]);
  const [row] = await ctx.tx.query<{ about: string | null }>(
    "user_update",
    "SELECT about, pg_sleep(0.02) FROM users WHERE id = $1",
    [ctx.from?.id],
  );
  const next = Number(row?.about ?? 0) + 1;
  await ctx.tx.query("user_update", "UPDATE users SET about = $2 WHERE id = $1", [
    ctx.from?.id,
    String(next),
  ]);
  await ctx.reply(`count ${next}`);
});

async function counted(bot: TestBot, id: number): Promise<unknown> {
  return (await bot.sql(`SELECT about FROM users WHERE id = ${id}`))[0]?.["about"];
}

describe("an update that is delivered again", () => {
  test("has one effect and one answer", async () => {
    const bot = await start({ handler: count });
    const ada = person();
    const update = message(ada, "hello");
    expect((await bot.deliver(update)).status).toBe(200);
    expect((await bot.deliver(update)).status).toBe(200);
    expect(await counted(bot, ada.id)).toBe("1");
    expect(api.texts(ada.id)).toEqual(["count 1"]);
    expect(await bot.metric("bot_receipts_duplicates_total")).toBe(1);
    expect(await bot.sql(`SELECT repeats FROM receipts WHERE user_id = ${ada.id}`)).toEqual([{ repeats: 1 }]);
  });

  test("20 times at once on two replicas has one effect and one answer", async () => {
    const bots = [await start({ handler: count }), await start({ handler: count })] as const;
    const ada = person();
    const update = message(ada, "hello");
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? bots[0] : bots[1]).deliver(update)),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(await counted(bots[0], ada.id)).toBe("1");
    expect(api.texts(ada.id)).toEqual(["count 1"]);
  });
});

test("messages and button presses of one person on two replicas never overlap, and answers keep their order", async () => {
  const bots = [await start({ handler: count }), await start({ handler: count })] as const;
  const ada = person();
  const updates = Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? message(ada, "m") : press(ada, "p")));
  await Promise.all(updates.map((update, i) => (i % 3 === 0 ? bots[0] : bots[1]).deliver(update)));
  await sweep(bots[0].database, bots[0].sender);
  expect(await counted(bots[0], ada.id)).toBe("12");
  expect(api.texts(ada.id)).toEqual(Array.from({ length: 12 }, (_, i) => `count ${i + 1}`));
});

describe("when the replica dies between the commit and the sending", () => {
  test("the worker sends the messages once, in order, as soon as the lease is over", async () => {
    const dying = await start({
      diesAfterCommit: true,
      handler: handling(async (ctx) => {
        await ctx.reply("first");
        await ctx.reply("second");
      }),
    });
    const ada = person();
    expect((await dying.deliver(message(ada, "hello"))).status).toBe(200);
    await sweep(dying.database, dying.sender);
    expect(api.texts(ada.id)).toEqual([]);
    await dying.sql(`UPDATE outbox SET leased_until = now() WHERE chat_id = ${ada.id}`);
    await sweep(dying.database, dying.sender);
    await sweep(dying.database, dying.sender);
    expect(api.texts(ada.id)).toEqual(["first", "second"]);
    expect(await dying.sql(`SELECT * FROM outbox WHERE chat_id = ${ada.id}`)).toEqual([]);
  });

  test("several workers at once send every message once, and those of a chat in order", async () => {
    const workers = await Promise.all([start({ handler: count }), start({ handler: count })]);
    const [first] = workers;
    const people = Array.from({ length: 20 }, () => person().id);
    await first.sql(
      "INSERT INTO outbox (chat_id, method, payload) SELECT chat, 'sendMessage', " +
        "json_build_object('chat_id', chat, 'text', n::text) " +
        `FROM generate_series(1, 3) n, unnest('{${people.join(",")}}'::bigint[]) chat ORDER BY n`,
    );
    await Promise.all(
      workers.map(async ({ database: own, sender }) => {
        while ((await sweep(own, sender)) > 0);
      }),
    );
    await until("nothing waits", async () => {
      const waiting = await first.sql(`SELECT FROM outbox WHERE chat_id = ANY('{${people.join(",")}}')`);
      return waiting.length === 0;
    });
    for (const id of people) expect(api.texts(id)).toEqual(["1", "2", "3"]);
  });

  test("a second delivery of the update sends them", async () => {
    const [dying, alive] = await Promise.all([
      start({ diesAfterCommit: true, handler: count }),
      start({ handler: count }),
    ]);
    const ada = person();
    const update = message(ada, "hello");
    await dying.deliver(update);
    await dying.sql(`UPDATE outbox SET leased_until = now() WHERE chat_id = ${ada.id}`);
    await alive.deliver(update);
    expect(api.texts(ada.id)).toEqual(["count 1"]);
    expect(await counted(alive, ada.id)).toBe("1");
  });
});

describe("when Telegram does not take a message", () => {
  test("it waits as long as Telegram asks, and the next ones of the chat wait behind it", async () => {
    const bot = await start({ handler: count });
    const ada = person();
    api.answer = () => refusal(429, "Too Many Requests", 30);
    expect((await bot.deliver(message(ada, "1"))).status).toBe(200);
    api.answer = () => undefined;
    await bot.deliver(message(ada, "2"));
    await sweep(bot.database, bot.sender);
    expect(api.texts(ada.id)).toEqual(["count 1"]);
    const waiting = await bot.sql(
      `SELECT attempts, next_at > now() + interval '25 seconds' AS later FROM outbox WHERE chat_id = ${ada.id} ORDER BY id`,
    );
    expect(waiting).toEqual([
      { attempts: 1, later: true },
      { attempts: 0, later: false },
    ]);
    await bot.sql(`UPDATE outbox SET next_at = now() WHERE chat_id = ${ada.id}`);
    await sweep(bot.database, bot.sender);
    expect(api.texts(ada.id)).toEqual(["count 1", "count 1", "count 2"]);
  });

  test("a connection that breaks counts as not sent", async () => {
    const bot = await start({ handler: count });
    const ada = person();
    api.answer = () => ({ cut: true });
    await bot.deliver(message(ada, "1"));
    expect(await bot.sql(`SELECT attempts FROM outbox WHERE chat_id = ${ada.id}`)).toEqual([{ attempts: 1 }]);
    expect(
      await bot.metric("bot_telegram_api_requests_total", { code: "network", method: "sendMessage" }),
    ).toBe(1);
  });

  test("a person who blocked the bot is remembered, and nothing is tried again", async () => {
    const bot = await start({ handler: count });
    const ada = person();
    api.answer = () => refusal(403, "Forbidden: bot was blocked by the user");
    await bot.deliver(message(ada, "1"));
    expect(
      await bot.sql(`SELECT error, failed_at IS NULL AS waits FROM outbox WHERE chat_id = ${ada.id}`),
    ).toEqual([{ error: "403 Forbidden: bot was blocked by the user", waits: false }]);
    expect(await bot.sql(`SELECT blocked_at IS NULL AS open FROM users WHERE id = ${ada.id}`)).toEqual([
      { open: false },
    ]);
  });

  test("a call that is refused does not hold up the next one", async () => {
    const bot = await start({
      handler: handling(async (ctx) => {
        await ctx.reply("bad");
        await ctx.reply("good");
      }),
    });
    const ada = person();
    api.answer = ({ payload }) =>
      payload["text"] === "bad" ? refusal(400, "Bad Request: wrong") : undefined;
    await bot.deliver(message(ada, "1"));
    expect(api.texts(ada.id)).toEqual(["bad", "good"]);
    expect(await bot.sql(`SELECT error FROM outbox WHERE chat_id = ${ada.id}`)).toEqual([
      { error: "400 Bad Request: wrong" },
    ]);
  });

  test("a slow Bot API does not hold up the acknowledgement for long", async () => {
    const bot = await start({ handler: count });
    const ada = person();
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    api.answer = () => ({ after: released });
    const before = performance.now();
    expect((await bot.deliver(message(ada, "1"))).status).toBe(200);
    expect(performance.now() - before).toBeLessThan(3500);
    release();
    await bot.unitOfWork.settled();
    expect(await bot.sql(`SELECT * FROM outbox WHERE chat_id = ${ada.id}`)).toEqual([]);
  });
});

describe("a handler that fails", () => {
  test("leaves no effects, tells the person once, and is not tried again", async () => {
    let runs = 0;
    const bot = await start({
      handler: handling(async (ctx) => {
        runs += 1;
        await ctx.tx.query("user_create", "INSERT INTO users (id) VALUES ($1)", [ctx.from?.id]);
        await ctx.reply("never sent");
        throw new Error("a bug");
      }),
    });
    const ada = person();
    const update = message(ada, "hello");
    expect((await bot.deliver(update)).status).toBe(200);
    expect((await bot.deliver(update)).status).toBe(200);
    expect(runs).toBe(1);
    expect(api.texts(ada.id)).toEqual([expect.stringContaining("something broke on our side")]);
    expect(await bot.sql(`SELECT * FROM users WHERE id = ${ada.id}`)).toEqual([]);
    expect(await bot.metric("bot_updates_total", { type: "message", outcome: "error" })).toBe(1);
  });

  test("also when its SQL is wrong, and the button that was pressed stops spinning", async () => {
    const bot = await start({ handler: handling((ctx) => ctx.tx.query("user_update", "SELECT nonsense")) });
    const ada = person("ru");
    const before = api.calls.length;
    expect((await bot.deliver(press(ada, "x"))).status).toBe(200);
    expect(api.calls.slice(before).map(({ method }) => method)).toEqual([
      "answerCallbackQuery",
      "sendMessage",
    ]);
    expect(api.texts(ada.id)).toEqual([expect.stringContaining("у нас что-то сломалось")]);
  });

  test("that takes too long is stopped together with its statement, and the person is told", async () => {
    let aborted = false;
    const bot = await start({
      handlerLimit: 100,
      handler: handling(async (ctx) => {
        ctx.signal.addEventListener("abort", () => (aborted = true));
        await ctx.tx.query("user_create", "INSERT INTO users (id) VALUES ($1)", [ctx.from?.id]);
        await ctx.tx.query("user_update", "SELECT pg_sleep(4)");
      }),
    });
    const ada = person();
    const before = performance.now();
    expect((await bot.deliver(message(ada, "hello"))).status).toBe(200);
    expect(performance.now() - before).toBeLessThan(2000);
    expect(aborted).toBe(true);
    expect(api.texts(ada.id)).toEqual([expect.stringContaining("took too long")]);
    expect(await bot.sql(`SELECT * FROM users WHERE id = ${ada.id}`)).toEqual([]);
    expect(await bot.sql(`SELECT repeats FROM receipts WHERE user_id = ${ada.id}`)).toEqual([{ repeats: 0 }]);
  });

  test("because the server does not answer goes back to Telegram, however often, and is done in the end", async () => {
    let hangs = true;
    const bot = await start({
      handlerLimit: 100,
      handler: handling(async (ctx) => {
        if (!hangs) return ctx.reply("done");
        const now = performance.now.bind(performance);
        const silent = ctx.tx.query("user_update", "SELECT pg_sleep(0.3)");
        // The server would have ended it after 5 s.
        vi.spyOn(performance, "now").mockImplementation(() => now() + 5001);
        return silent.finally(() => vi.restoreAllMocks());
      }),
    });
    const ada = person();
    const update = message(ada, "hello");
    for (let i = 0; i < 6; i += 1) {
      expect((await bot.deliver(update)).status).toBe(429);
      vi.restoreAllMocks();
    }
    hangs = false;
    expect((await bot.deliver(update)).status).toBe(200);
    expect(api.texts(ada.id)).toEqual(["done"]);
    expect(await bot.sql(`SELECT * FROM dead_letters WHERE user_id = ${ada.id}`)).toEqual([]);
  });

  test("cannot read the result of a call that is only made later", async () => {
    const bot = await start({
      handler: handling(async (ctx) => {
        const sent = await ctx.reply("hello");
        return sent.message_id;
      }),
    });
    const ada = person();
    await bot.deliver(message(ada, "x"));
    expect(api.texts(ada.id)).toEqual([expect.stringContaining("something broke")]);
  });
});

test("an update that keeps failing is given up at the fifth time, kept, and the chat goes on", async () => {
  const bot = await start({
    handler: handling(() => Promise.reject(new DatabaseUnavailable("57014", new Error("slow")))),
  });
  const ada = person();
  // Postgres keeps neither of the two in JSON.
  const update = message(ada, "poison\0\ud800");
  const statuses: number[] = [];
  for (let i = 0; i < 6; i += 1) statuses.push((await bot.deliver(update)).status);
  expect(statuses).toEqual([429, 429, 429, 429, 200, 200]);
  expect(api.texts(ada.id)).toEqual([expect.stringContaining("something broke")]);
  const [letter] = await bot.sql(
    `SELECT body, error FROM dead_letters WHERE update_id = ${update.update_id}`,
  );
  expect(letter).toMatchObject({ body: { message: { text: "poison\ufffd" } } });
  expect(await bot.metric("bot_dead_letters_total")).toBe(1);
  expect(await bot.metric("bot_updates_total", { outcome: "dead", type: "message" })).toBe(1);
});

test.each([
  ...["57P01", "57P03", "08P01", "25006", "timeout", "connection", "EHOSTUNREACH"],
  // The disk is full, no connection is free, somebody holds a lock.
  ...["53100", "53300", "55P03"],
])("an update whose database goes away or takes no writes meanwhile (%s) is never given up", async (code) => {
  let away = true;
  const bot = await start({
    handler: handling(async (ctx) => {
      if (away) throw new DatabaseUnavailable(code, new Error("failover"));
      await ctx.reply("done");
    }),
  });
  const ada = person();
  const update = message(ada, "hello");
  for (let i = 0; i < 6; i += 1) expect((await bot.deliver(update)).status).toBe(429);
  away = false;
  expect((await bot.deliver(update)).status).toBe(200);
  expect(api.texts(ada.id)).toEqual(["done"]);
  expect(await bot.sql(`SELECT * FROM dead_letters WHERE user_id = ${ada.id}`)).toEqual([]);
});

test("a refusal by a pooler that has just found its server again is tried again at once", async () => {
  let runs = 0;
  const bot = await start({
    handler: handling(async (ctx) => {
      runs += 1;
      if (runs < 3) throw new DatabaseUnavailable("08P01", new Error("password authentication failed"));
      await ctx.reply("done");
    }),
  });
  const ada = person();
  expect((await bot.deliver(message(ada, "x"))).status).toBe(200);
  expect(api.texts(ada.id)).toEqual(["done"]);
});

test("a deadlock or a lost connection is tried again at once", async () => {
  let runs = 0;
  const bot = await start({
    handler: handling(async (ctx) => {
      runs += 1;
      if (runs === 1) {
        const [row] = await ctx.tx.query<{ pid: number }>("user_update", "SELECT pg_backend_pid() AS pid");
        await bot.sql(`SELECT pg_terminate_backend(${row?.pid})`);
        await ctx.tx.query("user_update", "SELECT 1");
      }
      await ctx.reply("done");
    }),
  });
  const ada = person();
  expect((await bot.deliver(message(ada, "x"))).status).toBe(200);
  expect(runs).toBe(2);
  expect(api.texts(ada.id)).toEqual(["done"]);
});

describe("when the database", () => {
  test("is away, the update goes back to Telegram with a time to wait, however often it comes", async () => {
    const away = { postgres: await freePort(), redis: servers.redis };
    const bot = await start({ servers: away, requests: 3 });
    const ada = person();
    const update = message(ada, "hello");
    for (let i = 0; i < 7; i += 1) {
      const answer = await bot.deliver(update);
      expect(answer.status).toBe(429);
      expect(Number(answer.headers["retry-after"])).toBeGreaterThanOrEqual(1);
    }
    expect(await bot.metric("bot_updates_total", { type: "message", outcome: "unavailable" })).toBe(7);
  });

  test("keeps the person locked for long, the update goes back as well", async () => {
    const bot = await start({ handler: count });
    const ada = person();
    const other = await bot.database.begin(ada.id, []);
    const answer = await bot.deliver(message(ada, "hello"));
    await other.tx.rollback();
    expect(answer.status).toBe(429);
    expect(await bot.metric("bot_db_query_failures_total", { operation: "begin", outcome: "timeout" })).toBe(
      1,
    );
    expect((await bot.deliver(message(ada, "again"))).status).toBe(200);
  });
});

test("what waits for the commit sees its effects, and is not done without it", async () => {
  const seen: unknown[] = [];
  const bot = await start({
    handler: handling(async (ctx) => {
      const id = ctx.from?.id ?? 0;
      ctx.afterCommit(async () => void seen.push(await counted(bot, id)));
      ctx.afterCommit(() => Promise.reject(new Error("Redis is away")));
      await ctx.tx.query("user_create", "INSERT INTO users (id, about) VALUES ($1, 'new')", [id]);
      if (ctx.message?.text === "fail") throw new Error("broken");
      await ctx.reply("done");
    }),
  });
  const [ada, eve] = [person(), person()];
  await bot.deliver(message(eve, "fail"));
  expect(seen).toEqual([]);
  expect((await bot.deliver(message(ada, "go"))).status).toBe(200);
  expect(seen).toEqual(["new"]);
  expect(api.texts(ada.id)).toEqual(["done"]);
});
