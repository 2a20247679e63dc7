import { isInline } from "../api/keyboard.ts";
import { chatOf, userOf } from "../people.ts";
import { react, reactionEmoji } from "../reactions.ts";
import { Refusal } from "../refusal.ts";
import type { World } from "../world.ts";
import { actor, findMessage, findPerson, needRoom } from "./actor.ts";

/** What people do to messages and to the bot without words. */
export function touchActions(world: World) {
  const { updates, ids, callbackQueries } = world;
  return {
    press(
      id: number,
      messageId: number,
      data: string,
      chatId?: number,
    ): { update_id: number | null; callback_query_id: string } {
      const { person, chat } = actor(world, id, chatId);
      const message = findMessage(chat, messageId);
      const buttons = isInline(message.keyboard) ? message.keyboard.inline_keyboard.flat() : [];
      if (!buttons.some((button) => button.callback_data === data)) {
        const known = buttons.flatMap((button) => button.callback_data ?? []);
        throw new Refusal(
          409,
          `message ${messageId} has no button with the data ${JSON.stringify(data)}; it has ${JSON.stringify(known)}`,
        );
      }
      const queryId = String(ids.query());
      const update_id = updates.create(
        "callback_query",
        {
          id: queryId,
          from: userOf(person),
          message: world.asMessage(chat, message),
          chat_instance: String(Math.abs(chat.id) * 7),
          data,
        },
        { chatId: chat.id, userId: id, summary: data },
      );
      callbackQueries.add(queryId, chat.id, update_id);
      return { update_id, callback_query_id: queryId };
    },

    /** Puts one emoji, or none, to a message. */
    react(
      id: number,
      messageId: number,
      emoji: string | null,
      chatId?: number,
    ): { update_id: number | null } {
      const { chat } = actor(world, id, chatId);
      const message = findMessage(chat, messageId);
      if (emoji !== null && !reactionEmoji.has(emoji)) {
        throw new Refusal(400, `${emoji} is no reaction; there are ${[...reactionEmoji].join(" ")}`);
      }
      return { update_id: react(world, chat, message, id, emoji === null ? [] : [emoji]) };
    },

    /** Blocks or unblocks the bot; update_id is null when nothing changed. */
    block(id: number, blocked: boolean): { update_id: number | null } {
      const person = findPerson(world, id);
      if (person.blocked === blocked) return { update_id: null };
      needRoom(world);
      person.blocked = blocked;
      const member = { status: "member", user: world.botUser };
      const kicked = { status: "kicked", user: world.botUser, until_date: 0 };
      const update_id = updates.create(
        "my_chat_member",
        {
          chat: chatOf(person),
          from: userOf(person),
          date: world.seconds(),
          old_chat_member: blocked ? member : kicked,
          new_chat_member: blocked ? kicked : member,
        },
        { chatId: id, userId: id, summary: blocked ? "blocked the bot" : "unblocked the bot" },
      );
      return { update_id };
    },
  };
}
