import { expect, test } from "vitest";
import { fakeClock } from "../fake-clock.ts";
import { testWorld } from "../testing/world.ts";
import { createFloodLimits } from "./flood-limits.ts";
import { faultSettings } from "./settings.ts";

function setUp() {
  const clock = fakeClock();
  const limits = createFloodLimits(clock);
  return { clock, send: (chat: number, method = "sendMessage") => limits(method, chat) };
}

test("a chat takes three messages at once, and then one a second", async () => {
  const { clock, send } = setUp();
  expect([1, 2, 3, 4].map(() => send(7))).toEqual([0, 0, 0, 1]);
  expect(send(8)).toBe(0);
  await clock.pass(1);
  expect([send(7), send(7)]).toEqual([0, 1]);
  await clock.pass(10);
  expect([1, 2, 3, 4].map(() => send(7))).toEqual([0, 0, 0, 1]);
});

test("a group takes 20 messages a minute", async () => {
  const { clock, send } = setUp();
  let sent = 0;
  for (let second = 0; second < 30; second++) {
    if (send(-1001) === 0) sent++;
    await clock.pass(1);
  }
  // 20 at once, and one more every 3 seconds.
  expect(sent).toBe(29);
  for (let second = 30; second < 90; second++) {
    if (send(-1001) === 0) sent++;
    await clock.pass(1);
  }
  expect(sent).toBe(49);
});

test("all chats together take 30 messages a second", async () => {
  const { clock, send } = setUp();
  const burst = Array.from({ length: 40 }, (_, chat) => send(chat + 1));
  expect(burst.filter((wait) => wait === 0)).toHaveLength(30);
  await clock.pass(0.5);
  const later = Array.from({ length: 40 }, (_, chat) => send(chat + 100));
  expect(later.filter((wait) => wait === 0)).toHaveLength(15);
});

test("calls that send nothing are not limited, but setWebhook is", () => {
  const { send } = setUp();
  for (let i = 0; i < 100; i++) {
    expect(send(7, "getChat")).toBe(0);
    expect(send(7, "sendChatAction")).toBe(0);
  }
  expect([send(0, "setWebhook"), send(0, "setwebhook")]).toEqual([0, 1]);
});

test("the bot is told for how long to wait, in Telegram's words", () => {
  const { world, call, actions, ada } = testWorld();
  actions.write(ada.id, "/start");
  world.faults.set(faultSettings.parse({ flood_limits: true }));
  const send = () => call("sendMessage", { chat_id: ada.id, text: "x" });
  expect([1, 2, 3].map(() => send().status)).toEqual([200, 200, 200]);
  expect(send()).toEqual({
    status: 429,
    ok: false,
    error_code: 429,
    description: "Too Many Requests: retry after 1",
    parameters: { retry_after: 1 },
  });
  expect(world.faults.counts()).toEqual({ flood_limit: 1 });
});
