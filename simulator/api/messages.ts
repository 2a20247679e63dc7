import { findReader } from "./chat.ts";
import { ApiError } from "./error.ts";
import type { Method } from "./method.ts";
import { sender } from "./send.ts";
import { text } from "./arguments.ts";
import { readText } from "./text.ts";

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

const sendMessage: Method = sender("sendMessage", ({ world, args }) => readText(world, args));

const sendChatAction: Method = ({ world, args }) => {
  const target = findReader(world, args);
  const action = text(args, "action").toLowerCase();
  if (!chatActions.has(action)) throw new ApiError(400, "wrong parameter action in request");
  if (target.kind === "sink") world.ledger.sink();
  else world.events.publish("action", { chat_id: target.id, action });
  return true;
};

export const messageMethods = { sendMessage, sendChatAction };
