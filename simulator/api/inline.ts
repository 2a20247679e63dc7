import { z } from "zod";
import type { InlineResult } from "../inline.ts";
import type { World } from "../world.ts";
import { object, text } from "./arguments.ts";
import { ApiError } from "./error.ts";
import type { Method } from "./method.ts";
import { readText } from "./text.ts";

const MOST_RESULTS = 50;

const result = z.looseObject({
  type: z.string(),
  id: z.coerce.string(),
  title: z.string().default(""),
  description: z.string().default(""),
  input_message_content: z.looseObject({ message_text: z.string() }).optional(),
});

function readResult(world: World, value: unknown): InlineResult {
  const parsed = result.safeParse(value);
  if (!parsed.success)
    throw new ApiError(400, "can't parse inline query result: expected an Object of InlineQueryResult");
  const { type, id, title, description, input_message_content: content } = parsed.data;
  if (Buffer.byteLength(id) < 1 || Buffer.byteLength(id) > 64) throw new ApiError(400, "RESULT_ID_INVALID");
  if (type === "article" && title === "") throw new ApiError(400, "ARTICLE_TITLE_EMPTY");
  if (content === undefined) {
    if (type === "article") throw new ApiError(400, "Inline query result must contain message content");
    throw new ApiError(
      501,
      `the simulator takes inline results of type ${type} only with input_message_content`,
    );
  }
  const { message_text, ...format } = content;
  return { id, type, title, description, message: readText(world, { ...format, text: message_text }) };
}

const answerInlineQuery: Method = ({ world, args }) => {
  const id = text(args, "inline_query_id");
  const list = object(args, "results");
  if (!Array.isArray(list)) throw new ApiError(400, "can't parse inline query results: expected an Array");
  if (list.length > MOST_RESULTS) throw new ApiError(400, "RESULTS_TOO_MUCH");
  const results = list.map((one) => readResult(world, one));
  if (new Set(results.map((one) => one.id)).size < results.length)
    throw new ApiError(400, "RESULT_ID_DUPLICATE");
  const { queries } = world.inline;
  const question = queries.question(id);
  if (question === undefined) {
    throw new ApiError(400, "query is too old and response timeout expired or query ID is invalid");
  }
  world.ledger.replied(question.person, "answerInlineQuery", undefined, question.update);
  const answer = { results, next_offset: text(args, "next_offset") };
  world.inline.keep(id, question.person, question.query, answer);
  queries.answer(id, answer);
  return true;
};

export const inlineMethods = { answerInlineQuery };
