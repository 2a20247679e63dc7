import type { Conversation } from "../conversation.ts";
import type { Group } from "../groups.ts";
import type { ChatMessage } from "../history.ts";
import type { Person } from "../people.ts";
import { Refusal } from "../refusal.ts";
import type { World } from "../world.ts";

export function findPerson(world: World, id: number): Person {
  const person = world.people.get(id);
  if (person === undefined)
    throw new Refusal(404, `there is no person ${id}; GET /simulator/api/people lists them`);
  return person;
}

export function findGroup(world: World, id: number): Group {
  const group = world.groups.get(id);
  if (group === undefined)
    throw new Refusal(404, `there is no group ${id}; GET /simulator/api/groups lists them`);
  return group;
}

/** Throws a Refusal when no more updates can wait for the bot. */
export function needRoom(world: World): void {
  if (world.webhook.hasRoom()) return;
  throw new Refusal(429, "100000 updates wait for the bot: start it, or DELETE /simulator/api/state");
}

/**
 * Somebody who acts on the bot now, and where: in their private chat, unless a group is named. Throws a Refusal when
 * they cannot.
 */
export function actor(world: World, id: number, chatId = id): { person: Person; chat: Conversation } {
  const person = findPerson(world, id);
  needRoom(world);
  if (chatId !== id) {
    const chat = findGroup(world, chatId);
    if (!chat.members.has(id)) {
      throw new Refusal(409, `${person.first_name} is not in the group ${chat.title}; let them join first`);
    }
    return { person, chat };
  }
  if (person.blocked) throw new Refusal(409, `${person.first_name} has blocked the bot; unblock it first`);
  return { person, chat: person };
}

export function findMessage(chat: Conversation, messageId: number): ChatMessage {
  const message = chat.history.get(messageId);
  if (message === undefined)
    throw new Refusal(404, `there is no message ${messageId} in the chat ${chat.id}`);
  return message;
}
