import { isGroup, type Conversation } from "../conversation.ts";
import type { ChatMessage } from "../history.ts";
import { integer, object } from "./arguments.ts";
import { findChat } from "./chat.ts";
import { ApiError } from "./error.ts";
import type { Call, Method } from "./method.ts";

/** Bots may delete messages for so long. */
const DELETABLE_S = 48 * 3600;
const MOST_AT_ONCE = 100;

/** Why the bot may not delete a message, or undefined. */
function obstacle({ world }: Call, chat: Conversation, message: ChatMessage): string | undefined {
  if (isGroup(chat) && message.from !== "bot" && chat.bot !== "administrator")
    return "message can't be deleted";
  return world.seconds() - message.date > DELETABLE_S ? "message can't be deleted for everyone" : undefined;
}

function remove({ world, update }: Call, method: string, chat: Conversation, message: ChatMessage): void {
  const removed = chat.history.remove(message);
  world.events.publish("message", { chat_id: chat.id, message: removed });
  world.ledger.replied(chat.id, method, message.message_id, update);
}

const deleteMessage: Method = (call) => {
  const { world, args } = call;
  const target = findChat(world, args);
  if (target.kind === "sink") {
    world.ledger.sink();
    return true;
  }
  const { chat } = target;
  const message = chat.history.get(integer(args, "message_id", 0, 0, Number.MAX_SAFE_INTEGER));
  if (message === undefined) throw new ApiError(400, "message to delete not found");
  const problem = obstacle(call, chat, message);
  if (problem !== undefined) throw new ApiError(400, problem);
  remove(call, "deleteMessage", chat, message);
  return true;
};

/** The ids of an argument such as `message_ids`, in rising order. Throws ApiError. */
export function readMessageIds({ args }: Call): number[] {
  const given = object(args, "message_ids");
  if (!Array.isArray(given)) throw new ApiError(400, "message identifiers are not specified");
  if (given.length === 0) throw new ApiError(400, "there are no messages in the list");
  if (given.length > MOST_AT_ONCE) throw new ApiError(400, "too many message identifiers specified");
  return given.map(Number);
}

/** What cannot be deleted is passed over, as at Telegram. */
const deleteMessages: Method = (call) => {
  const { world, args } = call;
  const target = findChat(world, args);
  const ids = readMessageIds(call);
  if (target.kind === "sink") {
    world.ledger.sink();
    return true;
  }
  for (const id of ids) {
    const message = target.chat.history.get(id);
    if (message === undefined || obstacle(call, target.chat, message) !== undefined) continue;
    remove(call, "deleteMessages", target.chat, message);
  }
  return true;
};

export const removeMethods = { deleteMessage, deleteMessages };
