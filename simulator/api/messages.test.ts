import { expect, test } from "vitest";
import { refused, testWorld } from "../testing/world.ts";

function started() {
  const world = testWorld();
  world.setWebhook();
  const { message_id: hello } = world.actions.write(world.ada.id, "hello");
  return { ...world, chat_id: world.ada.id, hello };
}

const messageOf = (answer: object): { message_id: number } =>
  ("result" in answer ? answer.result : undefined) as { message_id: number };

test("an answer holds the answered message, without what that one answers", () => {
  const { call, chat_id, hello } = started();
  const first = messageOf(
    call("sendMessage", { chat_id, text: "one", reply_parameters: { message_id: hello } }),
  );
  expect(first).toMatchObject({ reply_to_message: { message_id: hello, text: "hello" } });
  const second = messageOf(
    call("sendMessage", { chat_id, text: "two", reply_to_message_id: first.message_id }),
  );
  expect(second).toMatchObject({ reply_to_message: { text: "one" } });
  expect(JSON.stringify(second)).not.toContain("hello");
  const missing = { chat_id, text: "x", reply_parameters: JSON.stringify({ message_id: 1 }) };
  expect(call("sendMessage", missing)).toEqual(refused("Bad Request: message to be replied not found"));
  const anyway = { message_id: 1, allow_sending_without_reply: true };
  expect(call("sendMessage", { chat_id, text: "x", reply_parameters: anyway }).status).toBe(200);
});

test("a person's answer reaches the bot with the answered message", async () => {
  const { call, chat_id, actions, clock, received } = started();
  const { message_id } = messageOf(call("sendMessage", { chat_id, text: "Your name?" }));
  actions.write(chat_id, "Ada", { reply_to: message_id });
  await clock.pass(1);
  expect(received().at(-1)).toMatchObject({
    message: { text: "Ada", reply_to_message: { message_id, text: "Your name?" } },
  });
  expect(() => actions.write(chat_id, "x", { reply_to: 1 })).toThrow(/there is no message 1/);
});

test("a forwarded message says where it comes from, also the second time; a copied one does not", () => {
  const { call, chat_id, hello } = started();
  const args = { chat_id, from_chat_id: chat_id, message_id: hello };
  const forwarded = messageOf(call("forwardMessage", args));
  const origin = { forward_origin: { type: "user", sender_user: { first_name: "Ada" } }, text: "hello" };
  expect(forwarded).toMatchObject(origin);
  expect(call("forwardMessage", { ...args, message_id: forwarded.message_id })).toMatchObject({
    result: origin,
  });
  const copy = call("copyMessage", args);
  expect(copy).toEqual({ status: 200, ok: true, result: { message_id: messageOf(copy).message_id } });
  const several = { ...args, message_ids: JSON.stringify([hello, 1, forwarded.message_id]) };
  expect(call("copyMessages", several)["result"]).toHaveLength(2);
  expect(call("forwardMessages", several)["result"]).toHaveLength(2);
  expect(call("copyMessage", { ...args, message_id: 1 })).toEqual(
    refused("Bad Request: message to copy not found"),
  );
  expect(call("forwardMessage", { ...args, message_id: 1 })).toEqual(
    refused("Bad Request: message to forward not found"),
  );
});

test("several messages are deleted at once, those that are not there are passed over", () => {
  const { call, chat_id, hello, ada } = started();
  const { message_id } = messageOf(call("sendMessage", { chat_id, text: "x" }));
  expect(call("deleteMessages", { chat_id, message_ids: [hello, 1, message_id] })).toMatchObject({
    result: true,
  });
  expect(ada.history.since(0).messages.map(({ deleted }) => deleted)).toEqual([true, true]);
  expect(call("deleteMessages", { chat_id, message_ids: [] })).toEqual(
    refused("Bad Request: there are no messages in the list"),
  );
});

test("a person edits what they wrote within 48 hours, and the bot hears of it in the chat's order", async () => {
  const { actions, chat_id, hello, clock, received } = started();
  actions.edit(chat_id, hello, "hello there");
  await clock.pass(1);
  expect(received().at(-1)).toMatchObject({ edited_message: { message_id: hello, text: "hello there" } });
  expect(() => actions.edit(chat_id, hello, "hello there")).toThrow(/says already/);
  await clock.pass(49 * 3600);
  expect(() => actions.edit(chat_id, hello, "late")).toThrow(/older than 48 hours/);
});

test("reactions are put and taken back, and reach the bot only when it asks for them", async () => {
  const { actions, call, chat_id, hello, setWebhook, clock, received, ada } = started();
  expect(actions.react(chat_id, hello, "👍")).toEqual({ update_id: null });
  setWebhook({ allowed_updates: ["message_reaction"] });
  actions.react(chat_id, hello, "🔥");
  await clock.pass(1);
  expect(received().at(-1)).toMatchObject({
    message_reaction: {
      message_id: hello,
      user: { id: chat_id },
      old_reaction: [{ type: "emoji", emoji: "👍" }],
      new_reaction: [{ type: "emoji", emoji: "🔥" }],
    },
  });
  expect(() => actions.react(chat_id, hello, "🧱")).toThrow(/is no reaction/);
  const reaction = [{ type: "emoji", emoji: "👀" }];
  expect(call("setMessageReaction", { chat_id, message_id: hello, reaction })).toMatchObject({
    result: true,
  });
  expect(ada.history.get(hello)?.reactions).toEqual({ [chat_id]: ["🔥"], 123456789: ["👀"] });
  call("setMessageReaction", { chat_id, message_id: hello, reaction: [] });
  expect(ada.history.get(hello)?.reactions).toEqual({ [chat_id]: ["🔥"] });
  const unknown = { chat_id, message_id: hello, reaction: [{ type: "emoji", emoji: "🧱" }] };
  expect(call("setMessageReaction", unknown)).toEqual(refused("Bad Request: REACTION_INVALID"));
});

test("what the bot says about itself is kept by language", () => {
  const { call } = started();
  call("setMyDescription", { description: "Finds teammates" });
  call("setMyDescription", { description: "Ищет команду", language_code: "ru" });
  expect(call("getMyDescription")).toMatchObject({ result: { description: "Finds teammates" } });
  expect(call("getMyDescription", { language_code: "ru" })).toMatchObject({
    result: { description: "Ищет команду" },
  });
  expect(call("getMyDescription", { language_code: "de" })).toMatchObject({
    result: { description: "Finds teammates" },
  });
  expect(call("getMyName")).toMatchObject({ result: { name: "Launch Lab" } });
  expect(call("setMyShortDescription", { short_description: "x".repeat(121) })).toEqual(
    refused("Bad Request: bot short description is too long"),
  );
});
