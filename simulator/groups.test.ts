import { expect, test } from "vitest";
import { createBotApi } from "./api/bot-api.ts";
import { botOf } from "./bot.ts";
import { fakeClock } from "./fake-clock.ts";
import { refused, TEST_TOKEN, testWorld } from "./testing/world.ts";
import { createWorld } from "./world.ts";

type Bot = "administrator" | "member" | "left";

/** Ada's group with Grace. */
function grouped(bot: Bot = "member") {
  const world = testWorld();
  world.setWebhook();
  const grace = world.world.people.add({ first_name: "Grace" });
  const { id } = world.actions.groups.create("Founders", [world.ada.id, grace.id], bot);
  const said = async (): Promise<object[]> => {
    await world.clock.pass(1);
    return world.received() as object[];
  };
  return { ...world, grace, chat_id: id, said };
}

test("a bot that is let into a group hears of it twice, and knows the chat", async () => {
  const { said, call, chat_id } = grouped();
  const updates = await said();
  expect(updates).toHaveLength(2);
  expect(updates).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        my_chat_member: expect.objectContaining({
          chat: { id: chat_id, type: "supergroup", title: "Founders" },
          old_chat_member: expect.objectContaining({ status: "left" }) as unknown,
          new_chat_member: expect.objectContaining({ status: "member" }) as unknown,
        }) as unknown,
      }),
      expect.objectContaining({
        message: expect.objectContaining({
          new_chat_members: [expect.objectContaining({ id: 123456789 })],
        }) as unknown,
      }),
    ]),
  );
  expect(call("getChat", { chat_id })).toMatchObject({ result: { title: "Founders" } });
  expect(call("getChatMemberCount", { chat_id })).toMatchObject({ result: 3 });
});

test("with privacy mode the bot gets commands, mentions and answers to it, and nothing else", async () => {
  const { actions, call, chat_id, ada, grace, said } = grouped();
  const before = (await said()).length;
  expect(actions.write(ada.id, "just talk", { chat_id }).update_id).toBeNull();
  expect(actions.write(ada.id, "/help@other_bot", { chat_id }).update_id).toBeNull();
  expect(actions.write(ada.id, "/help", { chat_id }).update_id).not.toBeNull();
  expect(actions.write(grace.id, "/help@Launch_Lab_bot", { chat_id }).update_id).not.toBeNull();
  expect(actions.write(grace.id, "hey @launch_lab_bot", { chat_id }).update_id).not.toBeNull();
  const answer = call("sendMessage", { chat_id, text: "Yes?" })["result"] as { message_id: number };
  const reply = actions.write(grace.id, "nothing", { chat_id, reply_to: answer.message_id });
  expect(reply.update_id).not.toBeNull();
  const updates = await said();
  expect(updates).toHaveLength(before + 4);
  expect(updates.at(-1)).toMatchObject({ message: { chat: { id: chat_id }, from: { id: grace.id } } });
});

test("an administrator gets every message, and hears who comes and goes when it asks for that", async () => {
  const { actions, chat_id, ada, setWebhook, said, world } = grouped("administrator");
  setWebhook({ allowed_updates: ["message", "chat_member"] });
  expect(actions.write(ada.id, "just talk", { chat_id }).update_id).not.toBeNull();
  const alan = world.people.add({ first_name: "Alan" });
  actions.groups.setMember(chat_id, alan.id, "member");
  actions.groups.setMember(chat_id, alan.id, "left");
  const texts = (await said()).map((update) => JSON.stringify(update));
  expect(texts.filter((text) => text.includes('"chat_member"'))).toHaveLength(2);
  expect(texts.filter((text) => text.includes('"left_chat_member"'))).toHaveLength(1);
});

test("a bot outside of a group cannot write there, and is told why", () => {
  const { actions, call, chat_id, ada } = grouped();
  actions.groups.setBot(chat_id, "kicked");
  const text = { chat_id, text: "x" };
  expect(call("sendMessage", text)).toEqual(
    refused("Forbidden: bot was kicked from the supergroup chat", 403),
  );
  actions.groups.setBot(chat_id, "member");
  expect(call("leaveChat", { chat_id })).toMatchObject({ result: true });
  expect(call("sendMessage", text)).toEqual(
    refused("Forbidden: bot is not a member of the supergroup chat", 403),
  );
  expect(actions.write(ada.id, "/help", { chat_id }).update_id).toBeNull();
});

test("members are known with their standing, and only they can write", () => {
  const { actions, call, chat_id, ada, grace, world } = grouped("administrator");
  const standing = (user_id: number) => call("getChatMember", { chat_id, user_id });
  expect(standing(ada.id)).toMatchObject({ result: { status: "creator", user: { first_name: "Ada" } } });
  expect(standing(grace.id)).toMatchObject({ result: { status: "member" } });
  const alan = world.people.add({ first_name: "Alan" });
  expect(standing(alan.id)).toMatchObject({ result: { status: "left" } });
  expect(() => actions.write(alan.id, "hi", { chat_id })).toThrow(/Alan is not in the group Founders/);
  expect(() => actions.groups.setMember(chat_id, ada.id, "left")).toThrow(/stays its creator/);
  expect(call("getChatAdministrators", { chat_id })["result"]).toHaveLength(2);
});

test("any member can press a button there; the bot deletes others' messages as an administrator only", async () => {
  const { actions, call, chat_id, ada, grace, said } = grouped();
  const reply_markup = { inline_keyboard: [[{ text: "Join", callback_data: "join" }]] };
  const { message_id } = call("sendMessage", { chat_id, text: "Who?", reply_markup })["result"] as {
    message_id: number;
  };
  actions.press(grace.id, message_id, "join", chat_id);
  expect((await said()).at(-1)).toMatchObject({
    callback_query: { from: { id: grace.id }, message: { chat: { id: chat_id }, message_id } },
  });
  const { message_id: foreign } = actions.write(ada.id, "/spam", { chat_id });
  expect(call("deleteMessage", { chat_id, message_id: foreign })).toEqual(
    refused("Bad Request: message can't be deleted"),
  );
  actions.groups.setBot(chat_id, "administrator");
  expect(call("deleteMessage", { chat_id, message_id: foreign })).toMatchObject({ result: true });
});

test("a simulator that is given a group for alerts has it from the start and after a reset, and the bot writes there", () => {
  const id = -1_002_000_000_001;
  const world = createWorld({ clock: fakeClock(), bot: botOf(TEST_TOKEN), alertGroup: id });
  const api = createBotApi(world);
  for (const text of ["<b>first</b>", "second"]) {
    const { status } = api.execute("sendMessage", { chat_id: id, text, parse_mode: "HTML" }, undefined);
    expect(status).toBe(200);
    expect(world.groups.all()).toMatchObject([{ id, title: "Alerts", bot: "member" }]);
    world.reset();
  }
  expect(world.groups.get(id)?.history.since(0).messages).toEqual([]);
});
