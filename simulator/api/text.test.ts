import { expect, test } from "vitest";
import { testWorld } from "../testing/world.ts";

/** A chat that Ada has begun. */
function started() {
  const world = testWorld();
  world.actions.write(world.ada.id, "/start");
  return { call: world.call, chat_id: world.ada.id };
}

test("given entities are stored as they are, and checked", () => {
  const { call, chat_id } = started();
  const entities = [{ type: "text_link", offset: 0, length: 2, url: "https://example.org/" }];
  expect(call("sendMessage", { chat_id, text: "Hi", entities })).toMatchObject({ result: { entities } });
  expect(call("sendMessage", { chat_id, text: "Hi", entities: [{ ...entities[0], length: 3 }] }).status).toBe(
    400,
  );
  expect(call("sendMessage", { chat_id, text: "Hi", entities: [{ type: "new" }] }).status).toBe(400);
});

test("people are mentioned with what is known of them, and strangers are not", () => {
  const { call, chat_id } = started();
  const text = `[Ada](tg://user?id=${chat_id}) [x](tg://user?id=77)`;
  expect(call("sendMessage", { chat_id, text, parse_mode: "MarkdownV2" })["result"]).toMatchObject({
    text: "Ada x",
    entities: [{ type: "text_mention", user: { id: chat_id, first_name: "Ada", username: "ada" } }],
  });
  const entities = [
    { type: "text_mention", offset: 0, length: 1, user: { id: 77 } },
    { type: "date_time", offset: 2, length: 1, unix_time: 1647531900, date_time_format: "r" },
  ];
  expect(call("sendMessage", { chat_id, text: "x y", entities })["result"]).toMatchObject({
    entities: [entities[1]],
  });
});

test("both kinds of Markdown are read", () => {
  const { call, chat_id } = started();
  const send = (text: string, parse_mode: string) => call("sendMessage", { chat_id, text, parse_mode });
  expect(send("*a* _b_", "MarkdownV2")["result"]).toMatchObject({
    text: "a b",
    entities: [{ type: "bold" }, { type: "italic" }],
  });
  expect(send("*a*.", "markdown")["result"]).toMatchObject({ text: "a.", entities: [{ type: "bold" }] });
  expect(send("Done.", "markdownv2")).toMatchObject({
    status: 400,
    description:
      "Bad Request: can't parse entities: Character '.' is reserved and must be escaped with the preceding '\\'",
  });
});
