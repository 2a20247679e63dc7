import { isDeepStrictEqual } from "node:util";
import type { ChatMessage } from "../history.ts";
import type { Person } from "../people.ts";
import { integer, object, text } from "./arguments.ts";
import { chatOfTarget, findChat, findReader, sinkChat } from "./chat.ts";
import { ApiError } from "./error.ts";
import { isInline, readKeyboard, type Keyboard } from "./keyboard.ts";
import type { Call, Method } from "./method.ts";
import { readText } from "./text.ts";

/** Bots may delete messages in private chats for so long. */
const DELETABLE_S = 48 * 3600;

const chatActions: ReadonlySet<string> = new Set([
  "typing",
  "upload_photo",
  "record_video",
  "upload_video",
  "record_voice",
  "upload_voice",
  "upload_document",
  "choose_sticker",
  "find_location",
  "record_video_note",
  "upload_video_note",
]);

const sendMessage: Method = ({ world, args, update }) => {
  const target = findReader(world, args);
  const { text, entities } = readText(args);
  const keyboard = readKeyboard(object(args, "reply_markup"));
  const message_id = world.ids.message();
  const date = world.seconds();
  if (target.kind === "sink") {
    world.ledger.sink();
    return { message_id, from: world.botUser, chat: sinkChat(target.id), date, text };
  }
  world.ledger.replied(target.id, "sendMessage", message_id, update);
  const message = { message_id, from: "bot" as const, text, entities, keyboard, date };
  return world.asMessage(target.person, world.put(target.person, message));
};

/** Finds a message of the bot to change. */
function findMessage({ world, args }: Call): { person: Person; message: ChatMessage } | undefined {
  const target = findReader(world, args);
  if (target.kind === "sink") {
    world.ledger.sink();
    return undefined;
  }
  const message = target.person.history.get(integer(args, "message_id", 0, 0, Number.MAX_SAFE_INTEGER));
  if (message === undefined) throw new ApiError(400, "message to edit not found");
  if (message.from !== "bot" || (message.keyboard !== null && !isInline(message.keyboard))) {
    throw new ApiError(400, "message can't be edited");
  }
  return { person: target.person, message };
}

function readInlineKeyboard(call: Call): Keyboard | null {
  const keyboard = readKeyboard(object(call.args, "reply_markup"));
  if (keyboard !== null && !isInline(keyboard)) throw new ApiError(400, "inline keyboard expected");
  return keyboard;
}

function change(
  { world, update }: Call,
  method: string,
  { person, message }: { person: Person; message: ChatMessage },
  changes: Pick<ChatMessage, "text" | "entities" | "keyboard">,
): unknown {
  const { text, entities, keyboard } = message;
  if (isDeepStrictEqual({ text, entities, keyboard }, changes)) {
    throw new ApiError(
      400,
      "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
    );
  }
  world.ledger.replied(person.id, method, message.message_id, update);
  const edited = text === changes.text ? {} : { edited: world.seconds() };
  return world.asMessage(person, world.put(person, { ...message, ...changes, ...edited }));
}

const editMessageText: Method = (call) => {
  const found = findMessage(call);
  const { text, entities } = readText(call.args);
  const keyboard = readInlineKeyboard(call);
  return found === undefined
    ? sunkMessage(call)
    : change(call, "editMessageText", found, { text, entities, keyboard });
};

const editMessageReplyMarkup: Method = (call) => {
  const found = findMessage(call);
  const keyboard = readInlineKeyboard(call);
  if (found === undefined) return sunkMessage(call);
  const { text, entities } = found.message;
  return change(call, "editMessageReplyMarkup", found, { text, entities, keyboard });
};

const sunkMessage = ({ world, args }: Call): object => ({
  message_id: integer(args, "message_id", 0, 0, Number.MAX_SAFE_INTEGER),
  from: world.botUser,
  chat: sinkChat(Number(text(args, "chat_id"))),
  date: world.seconds(),
  text: text(args, "text"),
});

const deleteMessage: Method = ({ world, args, update }) => {
  const target = findChat(world, args);
  if (target.kind === "sink") {
    world.ledger.sink();
    return true;
  }
  const { person } = target;
  const message = person.history.get(integer(args, "message_id", 0, 0, Number.MAX_SAFE_INTEGER));
  if (message === undefined) throw new ApiError(400, "message to delete not found");
  if (world.seconds() - message.date > DELETABLE_S) {
    throw new ApiError(400, "message can't be deleted for everyone");
  }
  const removed = person.history.remove(message);
  world.events.publish("message", { chat_id: person.id, message: removed });
  world.ledger.replied(person.id, "deleteMessage", message.message_id, update);
  return true;
};

const sendChatAction: Method = ({ world, args }) => {
  const target = findReader(world, args);
  const action = text(args, "action").toLowerCase();
  if (!chatActions.has(action)) throw new ApiError(400, "wrong parameter action in request");
  if (target.kind === "sink") world.ledger.sink();
  else world.events.publish("action", { chat_id: target.id, action });
  return true;
};

const getChat: Method = ({ world, args }) => ({
  ...chatOfTarget(findChat(world, args)),
  accent_color_id: 0,
  max_reaction_count: 11,
  accepted_gift_types: {
    unlimited_gifts: true,
    limited_gifts: true,
    unique_gifts: true,
    premium_subscription: true,
    gifts_from_channels: true,
  },
});

export const messageMethods = {
  sendMessage,
  editMessageText,
  editMessageReplyMarkup,
  deleteMessage,
  sendChatAction,
  getChat,
};
