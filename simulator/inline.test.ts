import { expect, test } from "vitest";
import { refused, testWorld } from "./testing/world.ts";

const article = (id: string, message_text: string) => ({
  type: "article",
  id,
  title: `Title ${id}`,
  input_message_content: { message_text, parse_mode: "HTML" },
});

function asking() {
  const world = testWorld();
  world.setWebhook();
  const id = world.ada.id;
  const ask = async (results: object[]) => {
    const answer = world.actions.inline.ask(id, { query: "team", offset: "" });
    await world.clock.pass(0.1);
    const { inline_query: query } = world.received().at(-1) as { inline_query: Record<string, unknown> };
    const answered = world.call("answerInlineQuery", { inline_query_id: query["id"], results });
    return { query, answered, answer };
  };
  return { ...world, id, ask };
}

test("what the bot offers is seen, and what is chosen is written by means of the bot", async () => {
  const { ask, actions, id, clock, received } = asking();
  const { query, answer } = await ask([article("1", "<b>Ada</b> searches"), article("2", "Nobody")]);
  expect(query).toMatchObject({ from: { id }, query: "team", offset: "", chat_type: "sender" });
  const { inline_query_id, results, answered } = await answer;
  expect(answered).toBe(true);
  expect(results.map(({ title }) => title)).toEqual(["Title 1", "Title 2"]);
  actions.inline.choose(id, inline_query_id, "1");
  await clock.pass(1);
  expect(received().slice(-2)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        chosen_inline_result: { result_id: "1", from: expect.anything() as unknown, query: "team" },
      }),
      expect.objectContaining({
        message: expect.objectContaining({
          text: "Ada searches",
          entities: [{ type: "bold", offset: 0, length: 3 }],
          via_bot: expect.objectContaining({ id: 123456789 }) as unknown,
        }) as unknown,
      }),
    ]),
  );
  expect(() => actions.inline.choose(id, inline_query_id, "3")).toThrow(/there is no result 3/);
});

test("a bot that does not answer within 10 seconds offers nothing", async () => {
  const { actions, id, clock, call } = asking();
  const answer = actions.inline.ask(id, { query: "", offset: "" });
  await clock.pass(11);
  const { inline_query_id, answered, results } = await answer;
  expect({ answered, results }).toEqual({ answered: false, results: [] });
  expect(call("answerInlineQuery", { inline_query_id, results: [] })).toEqual(
    refused("Bad Request: query is too old and response timeout expired or query ID is invalid"),
  );
});

test.each([
  [[article("1", "a"), article("1", "b")], "RESULT_ID_DUPLICATE"],
  [[article("", "a")], "RESULT_ID_INVALID"],
  [[{ type: "article", id: "1", title: "x" }], "Inline query result must contain message content"],
  [Array.from({ length: 51 }, (_, i) => article(String(i), "a")), "RESULTS_TOO_MUCH"],
])("bad results are refused in Telegram's words", async (results, text) => {
  const { ask, clock } = asking();
  const { answered, answer } = await ask(results);
  expect(answered).toEqual(refused(`Bad Request: ${text}`));
  await clock.pass(10);
  await answer;
});
