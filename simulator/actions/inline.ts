import { isGroup } from "../conversation.ts";
import type { InlineAnswer } from "../inline.ts";
import { userOf } from "../people.ts";
import { Refusal } from "../refusal.ts";
import type { World } from "../world.ts";
import { actor } from "./actor.ts";
import { say, type Written } from "./write.ts";

const LONGEST_QUERY = 256;

/** The bot's inline mode, as a person uses it. */
export function inlineActions(world: World) {
  const { inline, updates, ids } = world;
  return {
    /** Asks the bot what it offers; resolves with its answer, or with none after 10 s. */
    async ask(
      id: number,
      { query, offset, chat_id }: { query: string; offset: string; chat_id?: number | undefined },
    ): Promise<InlineAnswer & { inline_query_id: string; answered: boolean }> {
      const { person, chat } = actor(world, id, chat_id);
      if (query.length > LONGEST_QUERY) {
        throw new Refusal(400, `query has ${query.length} characters; Telegram takes ${LONGEST_QUERY}`);
      }
      const queryId = String(ids.query());
      const update = updates.create(
        "inline_query",
        {
          id: queryId,
          from: userOf(person),
          query,
          offset,
          chat_type: isGroup(chat) ? "supergroup" : "sender",
        },
        { chatId: chat.id, userId: id, summary: query.slice(0, 100) },
      );
      if (update === null) {
        throw new Refusal(409, "the bot gets no inline_query: its allowed_updates leave them out");
      }
      const answer = await inline.queries.ask(queryId, { person: id, query, update });
      return {
        inline_query_id: queryId,
        answered: answer !== undefined,
        ...(answer ?? { results: [], next_offset: "" }),
      };
    },

    /** Writes what was chosen of the bot's answer. */
    choose(id: number, queryId: string, resultId: string, chatId?: number): Written {
      const { person, chat } = actor(world, id, chatId);
      const asked = inline.answered(queryId);
      if (asked?.person !== id)
        throw new Refusal(404, `the bot has not answered the inline query ${queryId}`);
      const result = asked.answer.results.find((one) => one.id === resultId);
      if (result === undefined) {
        const known = asked.answer.results.map((one) => one.id);
        throw new Refusal(404, `there is no result ${resultId}; there are ${JSON.stringify(known)}`);
      }
      updates.create(
        "chosen_inline_result",
        { result_id: resultId, from: userOf(person), query: asked.query },
        { chatId: chat.id, userId: id, summary: result.title || resultId },
      );
      return say(world, id, chat, { ...result.message, via_bot: true });
    },
  };
}
