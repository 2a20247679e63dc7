import type { Content, ChatMessage } from "../history.ts";
import type { ApiMessage } from "../world.ts";
import { flag, integer, object } from "./arguments.ts";
import { findReader, sinkChat, type Target } from "./chat.ts";
import { ApiError } from "./error.ts";
import { readKeyboard } from "./keyboard.ts";
import type { Call } from "./method.ts";
import type { FormattedText } from "../text/html.ts";

/** What a new message of the bot consists of. */
export type Draft = FormattedText &
  Partial<Pick<ChatMessage, "content" | "keyboard" | "reply_to" | "forward_origin" | "media_group_id">>;

/** Puts a new message of the bot into a chat; the sink forgets it. */
export function post(call: Call, target: Target, method: string, draft: Draft): ApiMessage {
  const { world, update } = call;
  const message_id = world.ids.message();
  const date = world.seconds();
  if (target.kind === "sink") {
    world.ledger.sink();
    if (method === "sendDocument") world.sink.noteDocument({ chat_id: target.id, at: world.clock.now() });
    return { message_id, from: world.botUser, chat: sinkChat(target.id), date, ...sunk(draft) };
  }
  world.ledger.replied(target.id, method, message_id, update);
  const message = { message_id, from: "bot" as const, sender: world.bot.id, keyboard: null, date, ...draft };
  return world.asMessage(target.chat, world.put(target.chat, message));
}

const sunk = ({ text, content }: Draft): Content & { text?: string; caption?: string } =>
  content === undefined ? { text } : { ...content, ...(text === "" ? {} : { caption: text }) };

/** What the arguments say about any new message. Throws ApiError. */
export function readOptions(call: Call, target: Target): Pick<Draft, "keyboard" | "reply_to"> {
  const keyboard = readKeyboard(object(call.args, "reply_markup"));
  const reply_to = readReply(call, target);
  return { keyboard, ...(reply_to === undefined ? {} : { reply_to }) };
}

/** `reply_parameters`, or the older way to say the same. */
function readReply({ args }: Call, target: Target): number | undefined {
  const given = object(args, "reply_parameters");
  const from: Readonly<Record<string, unknown>> =
    typeof given === "object" && given !== null ? { ...given } : { message_id: args["reply_to_message_id"] };
  const id = integer(from, "message_id", 0, 0, Number.MAX_SAFE_INTEGER);
  if (id === 0 || target.kind === "sink") return undefined;
  if (target.chat.history.get(id) !== undefined) return id;
  if (flag(from, "allow_sending_without_reply") || flag(args, "allow_sending_without_reply"))
    return undefined;
  throw new ApiError(400, "message to be replied not found");
}

/** A method that sends one message, whose text or content `read` gets from the arguments. */
export const sender =
  (name: string, read: (call: Call, target: Target) => FormattedText & Pick<Draft, "content">) =>
  (call: Call): ApiMessage => {
    const target = findReader(call.world, call.args);
    const what = read(call, target);
    return post(call, target, name, { ...what, ...readOptions(call, target) });
  };
