import type { ChatMessage } from "./history.ts";
import { isInline } from "./api/keyboard.ts";
import { chatOf, userOf, type Person } from "./people.ts";
import { findEntities } from "./text/entities.ts";
import type { World } from "./world.ts";

const LONGEST_TEXT = 4096;

/** A wish that cannot be fulfilled; `status` is the HTTP status to answer. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: 400 | 404 | 409 | 413 | 429, message: string) {
    super(message);
    this.name = "Refusal";
    this.status = status;
  }
}

/** What people can do to the bot. Every function throws a Refusal when it cannot be done. */
export function createPersonActions(world: World) {
  const { people, updates, webhook, ids, callbackQueries, ledger } = world;

  function find(id: number): Person {
    const person = people.get(id);
    if (person === undefined)
      throw new Refusal(404, `there is no person ${id}; GET /simulator/api/people lists them`);
    return person;
  }

  /** Someone who can act on the bot now. */
  function actor(id: number): Person {
    const person = find(id);
    if (person.blocked) throw new Refusal(409, `${person.first_name} has blocked the bot; unblock it first`);
    needRoom();
    return person;
  }

  function needRoom(): void {
    if (webhook.hasRoom()) return;
    throw new Refusal(429, "100000 updates wait for the bot: start it, or DELETE /simulator/api/state");
  }

  return {
    find,
    write(id: number, text: string): { update_id: number | null; message_id: number } {
      const person = actor(id);
      if (text.trim() === "") throw new Refusal(400, "text is empty");
      if (text.length > LONGEST_TEXT) {
        throw new Refusal(400, `text has ${text.length} characters; Telegram takes ${LONGEST_TEXT}`);
      }
      const message: Omit<ChatMessage, "rev"> = {
        message_id: ids.message(),
        from: "person",
        text: text.trim(),
        entities: findEntities({ text: text.trim(), entities: [] }),
        keyboard: null,
        date: world.seconds(),
      };
      person.started = true;
      const update_id = updates.create("message", world.asMessage(person, { ...message, rev: 0 }), {
        chatId: id,
        userId: id,
        summary: message.text.slice(0, 100),
      });
      world.put(person, { ...message, update_id });
      return { update_id, message_id: message.message_id };
    },

    press(
      id: number,
      messageId: number,
      data: string,
    ): { update_id: number | null; callback_query_id: string } {
      const person = actor(id);
      const message = person.history.get(messageId);
      if (message === undefined)
        throw new Refusal(404, `there is no message ${messageId} in the chat of person ${id}`);
      const buttons = isInline(message.keyboard) ? message.keyboard.inline_keyboard.flat() : [];
      if (!buttons.some((button) => button.callback_data === data)) {
        const known = buttons.flatMap((button) => button.callback_data ?? []);
        throw new Refusal(
          409,
          `message ${messageId} has no button with the data ${JSON.stringify(data)}; it has ${JSON.stringify(known)}`,
        );
      }
      const queryId = String(ids.callbackQuery());
      const update_id = updates.create(
        "callback_query",
        {
          id: queryId,
          from: userOf(person),
          message: world.asMessage(person, message),
          chat_instance: String(id * 7),
          data,
        },
        { chatId: id, userId: id, summary: data },
      );
      callbackQueries.add(queryId, id, update_id);
      return { update_id, callback_query_id: queryId };
    },

    /** Blocks or unblocks the bot; update_id is null when nothing changed. */
    block(id: number, blocked: boolean): { update_id: number | null } {
      const person = find(id);
      if (person.blocked === blocked) return { update_id: null };
      needRoom();
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

    story(updateId: number) {
      const entry = ledger.get(updateId);
      if (entry === undefined)
        throw new Refusal(404, `update ${updateId} is unknown, or older than the last 5000`);
      return entry;
    },
  };
}

export type PersonActions = ReturnType<typeof createPersonActions>;
