import { expect, test } from "vitest";
import { testWorld } from "../testing/world.ts";

const CALLBACKS = 3 * 2 ** 33;

test("updates wait while no webhook is set, and go out when it is", async () => {
  const { actions, ada, clock, received, call, setWebhook } = testWorld();
  actions.write(ada.id, "one");
  actions.write(ada.id, "two");
  expect(call("getWebhookInfo")).toMatchObject({ result: { url: "", pending_update_count: 2 } });
  setWebhook();
  await clock.pass(1);
  expect(received()).toMatchObject([{ message: { text: "one" } }, { message: { text: "two" } }]);
  expect(call("getWebhookInfo")).toMatchObject({ result: { pending_update_count: 0, max_connections: 40 } });
});

test("a message waits for 24 hours and a press for 150 seconds", async () => {
  const { actions, ada, clock, call } = testWorld();
  actions.write(ada.id, "hi");
  const sent = call("sendMessage", {
    chat_id: ada.id,
    text: "choose",
    reply_markup: { inline_keyboard: [[{ text: "A", callback_data: "a" }]] },
  });
  const [message] = ada.history.since(0).messages.filter((m) => m.from === "bot");
  expect(sent.status).toBe(200);
  actions.press(ada.id, message?.message_id ?? 0, "a");
  const pending = () => call("getWebhookInfo")["result"];
  await clock.pass(149);
  expect(pending()).toMatchObject({ pending_update_count: 2 });
  await clock.pass(2);
  expect(pending()).toMatchObject({ pending_update_count: 1 });
  await clock.pass(86_400);
  expect(pending()).toMatchObject({ pending_update_count: 0 });
});

test("messages, presses and blocks of one person have the queue ids of Telegram", () => {
  const { world, actions, ada, call } = testWorld();
  const queues: number[] = [];
  const add = world.webhook.add;
  world.webhook.add = (parcel) => {
    queues.push(parcel.queue);
    add(parcel);
  };
  actions.write(ada.id, "hi");
  call("sendMessage", {
    chat_id: ada.id,
    text: "choose",
    reply_markup: { inline_keyboard: [[{ text: "A", callback_data: "a" }]] },
  });
  actions.press(ada.id, ada.history.since(0).messages.at(-1)?.message_id ?? 0, "a");
  actions.block(ada.id, true);
  expect(queues).toEqual([ada.id, ada.id + CALLBACKS, ada.id + 5 * 2 ** 33]);
});

test("drop_pending_updates drops, on setting and on removing", async () => {
  const { actions, ada, clock, received, call, setWebhook } = testWorld();
  const { update_id } = actions.write(ada.id, "lost");
  setWebhook({ drop_pending_updates: "true" });
  await clock.pass(1);
  expect(received()).toEqual([]);
  expect(actions.story(update_id ?? 0).dropped).toBe("dropped");
  call("deleteWebhook");
  actions.write(ada.id, "lost too");
  expect(call("deleteWebhook", { drop_pending_updates: true })["description"]).toBe(
    "Webhook is already deleted",
  );
  setWebhook();
  await clock.pass(1);
  expect(received()).toEqual([]);
});

test("setting the same webhook again changes nothing, so that several replicas may do it", () => {
  const { call } = testWorld();
  const args = { url: "https://bot.example.org/", secret_token: "abc", max_connections: 5 };
  expect(call("setWebhook", args)).toMatchObject({ result: true, description: "Webhook was set" });
  expect(call("setWebhook", args)).toMatchObject({ result: true, description: "Webhook is already set" });
  expect(call("setWebhook", { ...args, secret_token: "b" })["description"]).toBe("Webhook was set");
  expect(call("setWebhook", { url: "" })).toMatchObject({ description: "Webhook was deleted" });
});

test("an update whose delivery is cut off by another webhook goes to the new one", async () => {
  const { actions, ada, clock, received, setWebhook } = testWorld(() => ({ status: 500, retryAfter: 3000 }));
  setWebhook();
  actions.write(ada.id, "hi");
  await clock.pass(1);
  setWebhook({ url: "https://other.example.org/" });
  await clock.pass(1);
  expect(received()).toHaveLength(2);
});

test("the last error is shown until the webhook is set anew", async () => {
  const { actions, ada, clock, call, setWebhook } = testWorld(() => ({ status: 502, reason: "Bad Gateway" }));
  setWebhook();
  actions.write(ada.id, "hi");
  await clock.pass(0);
  expect(call("getWebhookInfo")["result"]).toMatchObject({
    last_error_message: "Wrong response from the webhook: 502 Bad Gateway",
    last_error_date: Math.floor(clock.now() / 1000),
    pending_update_count: 1,
  });
  call("deleteWebhook");
  expect(call("getWebhookInfo")["result"]).not.toHaveProperty("last_error_message");
});

test("getWebhookInfo tells the address, and whether there is a certificate", () => {
  const { call, setWebhook } = testWorld();
  const info = () => call("getWebhookInfo")["result"];
  expect(info()).toEqual({ url: "", has_custom_certificate: false, pending_update_count: 0 });
  setWebhook();
  expect(info()).toEqual({
    url: "https://bot.example.org/hook",
    has_custom_certificate: false,
    pending_update_count: 0,
    max_connections: 40,
    ip_address: "<unknown>",
  });
  const certificate = { name: "cert.pem", mime: "", content: Buffer.from("-----BEGIN CERTIFICATE-----") };
  setWebhook({ ip_address: "192.0.2.7", certificate });
  expect(info()).toMatchObject({ ip_address: "192.0.2.7", has_custom_certificate: true });
  setWebhook({ url: "http://[::1]:8080/" });
  expect(info()).toMatchObject({ ip_address: "::1", has_custom_certificate: false });
  expect(call("setWebhook", { url: "http://x.example.org", ip_address: "x" })["description"]).toBe(
    "Bad Request: bad webhook: Invalid IP address specified",
  );
});

test("updates that the bot does not want are not made", async () => {
  const { actions, ada, clock, received, call, setWebhook } = testWorld();
  setWebhook({ allowed_updates: '["callback_query", "nonsense"]' });
  expect(actions.write(ada.id, "hi").update_id).toBeNull();
  await clock.pass(1);
  expect(received()).toEqual([]);
  expect(call("getWebhookInfo")["result"]).toMatchObject({ allowed_updates: ["callback_query"] });
  // Without the argument the choice stays; an empty list takes everything again.
  setWebhook({ max_connections: 3 });
  expect(actions.write(ada.id, "hi").update_id).toBeNull();
  setWebhook({ allowed_updates: [] });
  expect(actions.write(ada.id, "hi").update_id).toBeTypeOf("number");
});

test("23 hours of 410 remove the webhook", async () => {
  const { actions, ada, clock, call, setWebhook } = testWorld(() => ({ status: 410, reason: "Gone" }));
  setWebhook();
  actions.write(ada.id, "hi");
  await clock.pass(23.2 * 3600);
  expect(call("getWebhookInfo")["result"]).toMatchObject({ url: "", pending_update_count: 1 });
});

test("a call in the response is executed, but no get* and no setWebhook", async () => {
  const replies = [
    { method: "SendMessage", text: "from the <b>response</b>", parse_mode: "HTML" },
    { method: "deleteWebhook" },
    { method: "getMe" },
    {},
  ];
  const { world, actions, ada, clock, call, setWebhook } = testWorld((update) => {
    const chat_id = Number(/"chat":\{"id":(\d+)/.exec(update)?.[1]);
    return { body: Buffer.from(JSON.stringify({ ...replies.shift(), chat_id })) };
  });
  setWebhook();
  const { update_id } = actions.write(ada.id, "1");
  for (const text of ["2", "3", "4"]) actions.write(ada.id, text);
  await clock.pass(1);
  expect(ada.history.since(0).messages.filter((m) => m.from === "bot")).toMatchObject([
    { text: "from the response", entities: [{ type: "bold" }] },
  ]);
  expect(actions.story(update_id ?? 0)).toMatchObject({ replies: [{ method: "sendMessage" }] });
  expect(call("getWebhookInfo")["result"]).toMatchObject({ url: "https://bot.example.org/hook" });
  expect(world.ledger.stats().api_calls).toEqual({ setWebhook: 1, sendMessage: 1, getWebhookInfo: 1 });
});

test("a reset forgets what waits and keeps the webhook", async () => {
  const { world, actions, clock, received, setWebhook } = testWorld(() => ({ status: 500, retryAfter: 100 }));
  setWebhook();
  const [before] = world.people.all();
  actions.write(before?.id ?? 0, "old");
  await clock.pass(1);
  world.reset();
  await clock.pass(200);
  expect(received()).toHaveLength(1);
  const [after] = world.people.all();
  expect(after).toMatchObject({ id: before?.id, started: false });
  const { update_id } = actions.write(after?.id ?? 0, "new");
  await clock.pass(1);
  expect(received()).toMatchObject([{}, { update_id, message: { text: "new" } }]);
});
