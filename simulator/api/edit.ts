import { isDeepStrictEqual } from "node:util";
import type { Conversation } from "../conversation.ts";
import type { ChatMessage } from "../history.ts";
import { integer, object, text } from "./arguments.ts";
import { findReader, sinkChat } from "./chat.ts";
import { ApiError } from "./error.ts";
import { isInline, readKeyboard, type Keyboard } from "./keyboard.ts";
import { readMedia } from "./media.ts";
import type { Call, Method } from "./method.ts";
import { readCaption, readText } from "./text.ts";

interface Found {
  readonly chat: Conversation;
  readonly message: ChatMessage;
}

/** A message of the bot to change; undefined in the sink. */
function findMessage({ world, args }: Call): Found | undefined {
  if (text(args, "inline_message_id") !== "") throw new ApiError(400, "message to edit not found");
  const target = findReader(world, args);
  if (target.kind === "sink") {
    world.ledger.sink();
    return undefined;
  }
  const message = target.chat.history.get(integer(args, "message_id", 0, 0, Number.MAX_SAFE_INTEGER));
  if (message === undefined) throw new ApiError(400, "message to edit not found");
  if (
    message.from !== "bot" ||
    message.forward_origin !== undefined ||
    (message.keyboard !== null && !isInline(message.keyboard))
  ) {
    throw new ApiError(400, "message can't be edited");
  }
  return { chat: target.chat, message };
}

function readInlineKeyboard(call: Call): Keyboard | null {
  const keyboard = readKeyboard(object(call.args, "reply_markup"));
  if (keyboard !== null && !isInline(keyboard)) throw new ApiError(400, "inline keyboard expected");
  return keyboard;
}

type Changes = Partial<Pick<ChatMessage, "text" | "entities" | "content" | "keyboard">>;

/** A method that changes a message; `read` says what to, and throws ApiError when it cannot be. */
const editor =
  (name: string, read: (call: Call, message: ChatMessage | undefined) => Changes): Method =>
  (call) => {
    const { world, args, update } = call;
    const found = findMessage(call);
    const changes = { ...read(call, found?.message), keyboard: readInlineKeyboard(call) };
    if (found === undefined) {
      return {
        message_id: integer(args, "message_id", 0, 0, Number.MAX_SAFE_INTEGER),
        from: world.botUser,
        chat: sinkChat(Number(text(args, "chat_id"))),
        date: world.seconds(),
        ...(changes.text === undefined ? {} : { text: changes.text }),
      };
    }
    const { chat, message } = found;
    const changed = { ...message, ...changes };
    if (isDeepStrictEqual(message, changed)) {
      throw new ApiError(
        400,
        "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
      );
    }
    world.ledger.replied(chat.id, name, message.message_id, update);
    const onlyKeyboard = isDeepStrictEqual({ ...message, keyboard: null }, { ...changed, keyboard: null });
    const edited = onlyKeyboard ? {} : { edited: world.seconds() };
    return world.asMessage(chat, world.put(chat, { ...changed, ...edited }));
  };

const editMessageText = editor("editMessageText", ({ world, args }, message) => {
  const changes = readText(world, args);
  if (message?.content !== undefined) throw new ApiError(400, "there is no text in the message to edit");
  return changes;
});

const editMessageCaption = editor("editMessageCaption", ({ world, args }, message) => {
  const changes = readCaption(world, args);
  if (message !== undefined && (message.content === undefined || message.content.invoice !== undefined)) {
    throw new ApiError(400, "there is no caption in the message to edit");
  }
  return changes;
});

const editMessageMedia = editor("editMessageMedia", (call, message) => {
  const changes = readMedia(call, object(call.args, "media"));
  if (message?.content?.invoice !== undefined) throw new ApiError(400, "message can't be edited");
  return changes;
});

const editMessageReplyMarkup = editor("editMessageReplyMarkup", () => ({}));

export const editMethods = {
  editMessageText,
  editMessageCaption,
  editMessageMedia,
  editMessageReplyMarkup,
};
