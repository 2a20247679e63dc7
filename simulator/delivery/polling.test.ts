import { expect, test } from "vitest";
import { testWorld } from "../testing/world.ts";

type Options = Partial<Record<"offset" | "limit" | "timeout", number>> & { allowed_updates?: string };

/** A bot that polls; Ada writes to it. */
function setUp() {
  const world = testWorld();
  const { clock, actions, ada } = world;
  const poll = (args: Options = {}, signal = new AbortController().signal) => {
    const result: { at?: number; answer?: { status: number; body: string } } = {};
    const start = clock.now();
    void world.api.getUpdates(args, signal).then((answer) => {
      result.answer = answer;
      result.at = (clock.now() - start) / 1000;
    });
    return result;
  };
  const now = async (args: Options = {}) => {
    const result = poll(args);
    await clock.pass(0);
    return texts(result);
  };
  return {
    ...world,
    poll,
    now,
    write: (text: string): number => actions.write(ada.id, text).update_id ?? 0,
    story: (id: number) => actions.story(id),
  };
}

/** The texts of the messages in an answer, or the error's description; undefined while it is waited for. */
function texts({ answer }: { answer?: { status: number; body: string } }): string[] | string | undefined {
  if (answer === undefined) return undefined;
  const parsed = JSON.parse(answer.body) as { description: string; result: { message: { text: string } }[] };
  return answer.status === 200 ? parsed.result.map((u) => u.message.text) : parsed.description;
}

test("updates are answered again and again until an offset confirms them", async () => {
  const bot = setUp();
  const first = bot.write("one");
  const second = bot.write("two");
  expect(await bot.now()).toEqual(["one", "two"]);
  expect(await bot.now({ offset: first })).toEqual(["one", "two"]);
  expect(await bot.now({ offset: first + 1 })).toEqual(["two"]);
  expect(bot.story(first)).toMatchObject({ attempts: [{ status: 200 }, { status: 200 }], replies: [] });
  expect(bot.story(first).acknowledged).toBeTypeOf("number");
  expect(bot.story(second).acknowledged).toBeUndefined();
  expect(await bot.now({ offset: second + 1 })).toEqual([]);
  expect(bot.call("getWebhookInfo")["result"]).toMatchObject({ pending_update_count: 0 });
});

test("a limit holds", async () => {
  const bot = setUp();
  for (const text of ["1", "2", "3"]) bot.write(text);
  expect(await bot.now({ limit: 2 })).toEqual(["1", "2"]);
});

test("a negative offset forgets all but the last ones", async () => {
  const bot = setUp();
  const [first] = ["1", "2", "3"].map(bot.write);
  expect(await bot.now({ offset: -2 })).toEqual(["2", "3"]);
  expect(bot.story(first ?? 0).dropped).toBe("dropped");
  expect(await bot.now()).toEqual(["2", "3"]);
});

test("an offset far above all updates confirms none", async () => {
  const bot = setUp();
  const id = bot.write("one");
  expect(await bot.now({ offset: id + 12 })).toEqual(["one"]);
  expect(await bot.now({ offset: id + 11 })).toEqual([]);
});

test("a long poll ends a millisecond after an update, with all that came in between", async () => {
  const bot = setUp();
  const result = bot.poll({ timeout: 30 });
  await bot.clock.pass(10);
  expect(result.answer).toBeUndefined();
  bot.write("one");
  bot.write("two");
  await bot.clock.pass(0.001);
  expect(texts(result)).toEqual(["one", "two"]);
});

test("a long poll ends empty after its time, which is 50 seconds at most", async () => {
  const bot = setUp();
  const result = bot.poll({ timeout: 100 });
  await bot.clock.pass(60);
  expect(texts(result)).toEqual([]);
  expect(result.at).toBe(50);
});

test("a second poll ends the first one, which waits", async () => {
  const bot = setUp();
  const first = bot.poll({ timeout: 30 });
  await bot.clock.pass(1);
  const second = bot.poll({ timeout: 30 });
  await bot.clock.pass(0);
  expect(first.answer?.status).toBe(409);
  expect(texts(first)).toBe(
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
  );
  bot.write("one");
  await bot.clock.pass(1);
  expect(texts(second)).toEqual(["one"]);
});

test("two bots that fight are slowed down: after a conflict the next is told 3 seconds later", async () => {
  const bot = setUp();
  const polls = [1, 2, 3].map(() => bot.poll({ timeout: 30 }));
  await bot.clock.pass(0);
  expect(polls.map((p) => p.answer?.status)).toEqual([409, undefined, undefined]);
  await bot.clock.pass(3);
  expect(polls.map((p) => p.at)).toEqual([0, 3, undefined]);
});

test("while a webhook is set, polling is refused; setting one ends a poll that waits", async () => {
  const bot = setUp();
  const waiting = bot.poll({ timeout: 30 });
  await bot.clock.pass(1);
  bot.setWebhook();
  await bot.clock.pass(0);
  expect(texts(waiting)).toBe("Conflict: terminated by setWebhook request");
  await bot.clock.pass(5);
  expect(await bot.now()).toBe(
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
  );
  bot.call("deleteWebhook");
  expect(await bot.now()).toEqual([]);
});

test("who asks for the same again at once waits 3 seconds, and gets one update at a time", async () => {
  const bot = setUp();
  expect(await bot.now()).toEqual([]);
  const again = bot.poll();
  await bot.clock.pass(2.9);
  expect(again.answer).toBeUndefined();
  await bot.clock.pass(0.1);
  expect(texts(again)).toEqual([]);
  await bot.clock.pass(10);
  bot.write("one");
  bot.write("two");
  expect(await bot.now()).toEqual(["one", "two"]);
  expect(await bot.now()).toEqual(["one"]);
});

test("updates that are too old are not answered", async () => {
  const bot = setUp();
  const id = bot.write("old");
  await bot.clock.pass(86_401);
  bot.write("new");
  expect(await bot.now()).toEqual(["new"]);
  expect(bot.story(id).dropped).toBe("expired");
});

test("allowed_updates holds from then on", async () => {
  const bot = setUp();
  await bot.now({ allowed_updates: '["callback_query"]' });
  expect(bot.write("unwanted")).toBe(0);
});

test("a client that goes away takes nothing with it", async () => {
  const bot = setUp();
  const gone = new AbortController();
  bot.poll({ timeout: 30 }, gone.signal);
  await bot.clock.pass(1);
  gone.abort();
  const id = bot.write("one");
  await bot.clock.pass(1);
  expect(bot.story(id).attempts).toEqual([]);
});
