import { expect, test } from "vitest";
import { refused, testWorld } from "../testing/world.ts";
import { readArguments } from "./arguments.ts";

/** A world in which Ada has already written to the bot. */
function started() {
  const world = testWorld();
  world.actions.write(world.ada.id, "/start");
  return { ...world, chat_id: world.ada.id };
}

const keyboard = (...data: string[]) => ({
  inline_keyboard: data.map((d) => [{ text: d.toUpperCase(), callback_data: d }]),
});

const newest = ({ ada }: ReturnType<typeof testWorld>) => {
  const message = ada.history.since(0).messages.at(-1);
  if (message === undefined) throw new Error("there is no message");
  return message;
};

test("getMe answers the bot that the token belongs to, whatever the case of the method", () => {
  const { call } = testWorld();
  const bot = { id: 123456789, is_bot: true, first_name: "Launch Lab", username: "launch_lab_bot" };
  expect(call("getme")).toMatchObject({ status: 200, ok: true, result: bot });
});

test("an unknown method is refused", () => {
  expect(testWorld().call("getNothing")).toEqual(refused("Not Found: method not found", 404));
});

test("a message is stored with its entities and answered as a Message", () => {
  const world = started();
  const { call, chat_id, clock } = world;
  const sent = call("sendMessage", {
    chat_id: String(chat_id),
    text: " <b>Hi</b> /help ",
    parse_mode: "html",
    reply_markup: JSON.stringify(keyboard("a")),
  });
  const entities = [
    { type: "bold", offset: 0, length: 2 },
    { type: "bot_command", offset: 3, length: 5 },
  ];
  expect(sent["result"]).toEqual({
    message_id: newest(world).message_id,
    from: { id: 123456789, is_bot: true, first_name: "Launch Lab", username: "launch_lab_bot" },
    chat: { id: chat_id, type: "private", first_name: "Ada", last_name: "Lovelace", username: "ada" },
    date: Math.floor(clock.now() / 1000),
    text: "Hi /help",
    entities,
    reply_markup: keyboard("a"),
  });
  expect(newest(world)).toMatchObject({ from: "bot", text: "Hi /help", entities, keyboard: keyboard("a") });
});

test.each([
  [{ text: "x" }, "chat_id is empty"],
  [{ chat_id: 77, text: "x" }, "chat not found"],
  [{ chat_id: "@ada", text: "x" }, "chat not found"],
  [{}, "message text is empty"],
  [{ text: " \n" }, "text must be non-empty"],
  [{ text: "x".repeat(4097) }, "message is too long"],
  [{ text: "x", parse_mode: "BBCode" }, "unsupported parse_mode"],
  [{ text: "x", reply_markup: "[" }, "can't parse reply_markup JSON object"],
  [{ text: "x", reply_markup: '"k"' }, "object expected as reply markup"],
  [{ text: "x", reply_markup: keyboard("x".repeat(65)) }, "BUTTON_DATA_INVALID"],
  [
    { text: "x", reply_markup: { inline_keyboard: [[{ text: "A" }]] } },
    "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
  ],
])("sendMessage %j is refused: %s", (args, text) => {
  const { call, chat_id } = started();
  const base = "chat_id" in args || text === "chat_id is empty" ? {} : { chat_id };
  expect(call("sendMessage", { ...base, ...args })).toEqual(refused(`Bad Request: ${text}`));
});

test("4096 characters are not too many", () => {
  const { call, chat_id } = started();
  expect(call("sendMessage", { chat_id, text: "x".repeat(4096) }).status).toBe(200);
});

test("someone who has never written cannot be reached, and someone who blocked the bot neither", () => {
  const { call, ada, actions } = testWorld();
  const args = { chat_id: ada.id, text: "x" };
  expect(call("sendMessage", args)).toEqual(refused("Bad Request: chat not found"));
  actions.write(ada.id, "/start");
  actions.block(ada.id, true);
  const blocked = refused("Forbidden: bot was blocked by the user", 403);
  expect(call("sendMessage", args)).toEqual(blocked);
  expect(call("sendChatAction", { ...args, action: "typing" })).toEqual(blocked);
  actions.block(ada.id, false);
  expect(call("sendMessage", args).status).toBe(200);
});

test("an edit changes text and keyboard in place", () => {
  const world = started();
  const { call, chat_id } = world;
  call("sendMessage", { chat_id, text: "one", reply_markup: keyboard("a") });
  const before = newest(world);
  const { message_id } = before;
  expect(
    call("editMessageText", { chat_id, message_id, text: "<i>two</i>", parse_mode: "HTML" }),
  ).toMatchObject({
    result: { text: "two", entities: [{ type: "italic" }] },
  });
  const after = newest(world);
  expect(after).toMatchObject({ message_id, text: "two", keyboard: null });
  expect(after.rev).toBeGreaterThan(before.rev);
  expect(after.edited).toBeTypeOf("number");
  call("editMessageReplyMarkup", { chat_id, message_id, reply_markup: keyboard("b") });
  expect(newest(world)).toMatchObject({ text: "two", keyboard: keyboard("b") });
});

test("an edit that changes nothing, or cannot be, is refused in Telegram's words", () => {
  const world = started();
  const { call, chat_id } = world;
  const own = newest(world).message_id;
  call("sendMessage", { chat_id, text: "one", reply_markup: keyboard("a") });
  const { message_id } = newest(world);
  const notModified = refused(
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
  );
  const same = { chat_id, message_id, text: "one", reply_markup: keyboard("a") };
  expect(call("editMessageText", same)).toEqual(notModified);
  expect(call("editMessageReplyMarkup", same)).toEqual(notModified);
  expect(call("editMessageText", { chat_id, message_id: 1, text: "x" })).toEqual(
    refused("Bad Request: message to edit not found"),
  );
  expect(call("editMessageText", { chat_id, message_id: own, text: "x" })).toEqual(
    refused("Bad Request: message can't be edited"),
  );
});

test("a deleted message is gone for the bot, and a mark for the person", () => {
  const world = started();
  const { call, chat_id, clock } = world;
  call("sendMessage", { chat_id, text: "secret" });
  const { message_id } = newest(world);
  expect(call("deleteMessage", { chat_id, message_id })).toMatchObject({ result: true });
  expect(newest(world)).toMatchObject({ message_id, text: "", deleted: true });
  expect(call("deleteMessage", { chat_id, message_id })).toEqual(
    refused("Bad Request: message to delete not found"),
  );
  call("sendMessage", { chat_id, text: "old" });
  return clock.pass(49 * 3600).then(() => {
    expect(call("deleteMessage", { chat_id, message_id: newest(world).message_id })).toEqual(
      refused("Bad Request: message can't be deleted for everyone"),
    );
  });
});

test("a press can be answered for 150 seconds, with a text that the person sees", async () => {
  const world = started();
  const { call, chat_id, actions, clock } = world;
  const seen: object[] = [];
  world.world.events.subscribe(({ type, data }) => {
    if (type === "answer") seen.push(data);
  });
  call("sendMessage", { chat_id, text: "?", reply_markup: keyboard("a") });
  const { callback_query_id } = actions.press(chat_id, newest(world).message_id, "a");
  await clock.pass(149);
  const answer = { callback_query_id, text: "Done", show_alert: "true" };
  expect(call("answerCallbackQuery", answer)).toMatchObject({ result: true });
  expect(seen).toEqual([{ chat_id, callback_query_id, text: "Done", show_alert: true, url: "" }]);
  await clock.pass(2);
  const tooOld = refused("Bad Request: query is too old and response timeout expired or query ID is invalid");
  expect(call("answerCallbackQuery", answer)).toEqual(tooOld);
  expect(call("answerCallbackQuery", { callback_query_id: "1" })).toEqual(tooOld);
});

test("commands are kept by scope and language; a person sees the narrowest", () => {
  const { call, world, ada } = testWorld();
  const menu = (name: string) => [{ command: name, description: `About ${name}` }];
  const seen = () => world.commands.seenBy(ada);
  call("setMyCommands", { commands: menu("general") });
  expect(seen()).toEqual(menu("general"));
  call("setMyCommands", { commands: menu("english"), language_code: "en" });
  expect(seen()).toEqual(menu("english"));
  call("setMyCommands", { commands: menu("private"), scope: { type: "all_private_chats" } });
  expect(seen()).toEqual(menu("private"));
  const scope = JSON.stringify({ type: "chat", chat_id: ada.id });
  call("setMyCommands", { commands: JSON.stringify(menu("only_ada")), scope });
  expect(seen()).toEqual(menu("only_ada"));
  expect(call("getMyCommands", { scope })["result"]).toEqual(menu("only_ada"));
  expect(call("getMyCommands", { language_code: "ru" })["result"]).toEqual([]);
  call("deleteMyCommands", { scope });
  expect(seen()).toEqual(menu("private"));
});

test.each([
  [{ commands: "x" }, "can't parse commands JSON object"],
  [{ commands: [{ command: "Bad-name", description: "x" }] }, "BOT_COMMAND_INVALID"],
  [{ commands: [{ command: "ok", description: "" }] }, "BOT_COMMAND_DESCRIPTION_INVALID"],
  [{ commands: [], language_code: "english" }, "invalid language code specified"],
  [{ commands: [], scope: { type: "moon" } }, "can't parse BotCommandScope: unsupported scope type"],
])("setMyCommands %j is refused: %s", (args, text) => {
  expect(testWorld().call("setMyCommands", args)).toEqual(refused(`Bad Request: ${text}`));
});

test.each([
  [{ url: "ftp://example.org" }, "invalid webhook URL specified"],
  [{ url: "https://example.org", secret_token: "a b" }, "secret token contains unallowed characters"],
  [{ url: "https://example.org", secret_token: "a".repeat(257) }, "secret token is too long"],
])("setWebhook %j is refused: %s", (args, text) => {
  expect(testWorld().call("setWebhook", args)).toEqual(refused(`Bad Request: ${text}`));
});

test("max_connections is clamped to 1..100", () => {
  const { call, setWebhook } = testWorld();
  setWebhook({ max_connections: 1000 });
  expect(call("getWebhookInfo")).toMatchObject({ result: { max_connections: 100 } });
});

test("chat actions are checked and shown", () => {
  const { call, chat_id, world } = started();
  const seen: object[] = [];
  world.events.subscribe(({ type, data }) => {
    if (type === "action") seen.push(data);
  });
  expect(call("sendChatAction", { chat_id, action: "typing" })).toMatchObject({ result: true });
  expect(call("sendChatAction", { chat_id, action: "dancing" })).toEqual(
    refused("Bad Request: wrong parameter action in request"),
  );
  expect(seen).toEqual([{ chat_id, action: "typing" }]);
});

test("getChat answers who is there", () => {
  const { call, chat_id } = started();
  expect(call("getChat", { chat_id })).toMatchObject({
    result: { id: chat_id, type: "private", first_name: "Ada", username: "ada" },
  });
  expect(call("getChat", { chat_id: 1 })).toEqual(refused("Bad Request: chat not found"));
});

test("chats of the sink take everything, are checked and counted, and stored nowhere", () => {
  const { call, world } = testWorld();
  world.sink.set(1000, 1999);
  const chat_id = 1500;
  const events: string[] = [];
  world.events.subscribe(({ type }) => events.push(type));
  expect(call("sendMessage", { chat_id, text: "x" })).toMatchObject({ result: { chat: { id: 1500 } } });
  expect(call("editMessageText", { chat_id, message_id: 1, text: "x" }).status).toBe(200);
  expect(call("deleteMessage", { chat_id, message_id: 1 })).toMatchObject({ result: true });
  expect(call("sendMessage", { chat_id, text: "<b>", parse_mode: "HTML" }).status).toBe(400);
  expect(call("sendMessage", { chat_id: 2000, text: "x" }).status).toBe(400);
  expect(call("answerCallbackQuery", { callback_query_id: "made-up" })).toMatchObject({ result: true });
  expect(world.ledger.stats()).toMatchObject({
    sink_calls: 4,
    api_calls: { sendMessage: 3, editMessageText: 1, deleteMessage: 1, answerCallbackQuery: 1 },
  });
  expect(events).not.toContain("message");
});

test("arguments come as JSON, form, query and multipart alike", () => {
  const read = (type: string, body: string, query = "") =>
    readArguments(query, { "content-type": type }, Buffer.from(body));
  const expected = { chat_id: "1", text: "ä\r\nb" };
  expect(read("application/json; charset=utf-8", JSON.stringify(expected))).toEqual(expected);
  expect(read("application/x-www-form-urlencoded", "text=%C3%A4%0D%0Ab", "chat_id=1")).toEqual(expected);
  expect(read("", "", "chat_id=1&text=%C3%A4%0D%0Ab")).toEqual(expected);
  const part = (name: string, value: string) =>
    `--xyz\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const multipart = `${part("chat_id", "1")}${part("text", "ä\r\nb")}--xyz--\r\n`;
  expect(read('multipart/form-data; boundary="xyz"', multipart)).toEqual(expected);
  expect(() => read("multipart/form-data; boundary=xyz", "--xyz\r\nhalf")).toThrow("can't parse multipart");
  expect(() => read("application/json", "{")).toThrow("can't parse JSON object");
  expect(() => read("text/plain", "x")).toThrow("unsupported content type");
});
