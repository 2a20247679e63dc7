import type { Chat } from "@grammyjs/types";
import { chatOfConversation, isGroup, type Conversation } from "../conversation.ts";
import { hasBot } from "../groups.ts";
import type { World } from "../world.ts";
import { text, type Arguments } from "./arguments.ts";
import { ApiError } from "./error.ts";

/** A chat that the bot may write to: a real one, or one of the sink. */
export type Target =
  | { readonly kind: "chat"; readonly id: number; readonly chat: Conversation }
  | { readonly kind: "sink"; readonly id: number };

/** The chat of an argument. Throws Telegram's errors when there is none. */
export function findChat(world: World, args: Arguments, argument = "chat_id"): Target {
  const given = text(args, argument).trim();
  if (given === "") throw new ApiError(400, "chat_id is empty");
  const chat = given.startsWith("@")
    ? undefined // Bots cannot address people by their names, and groups have none here.
    : world.conversation(Number(given));
  if (chat !== undefined && isKnown(chat)) return { kind: "chat", id: chat.id, chat };
  if (/^\d{1,15}$/.test(given) && world.sink.has(Number(given))) return { kind: "sink", id: Number(given) };
  throw new ApiError(400, "chat not found");
}

/** A bot knows whoever has written to it, and groups that it is in or was thrown out of. */
const isKnown = (chat: Conversation): boolean =>
  isGroup(chat) ? chat.bot !== "left" || chat.history.since(0).rev > 0 : chat.started;

/** The same, when something is to be sent there. */
export function findReader(world: World, args: Arguments): Target {
  const target = findChat(world, args);
  if (target.kind === "chat") checkReader(target.chat);
  return target;
}

function checkReader(chat: Conversation): void {
  if (!isGroup(chat)) {
    if (chat.blocked) throw new ApiError(403, "bot was blocked by the user");
  } else if (chat.bot === "kicked") {
    throw new ApiError(403, "bot was kicked from the supergroup chat");
  } else if (!hasBot(chat)) {
    throw new ApiError(403, "bot is not a member of the supergroup chat");
  }
}

export const sinkChat = (id: number): Chat.PrivateChat => ({ id, type: "private", first_name: "Sink" });

export const chatOfTarget = (target: Target): Chat =>
  target.kind === "chat" ? chatOfConversation(target.chat) : sinkChat(target.id);
