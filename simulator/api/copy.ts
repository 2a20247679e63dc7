import type { ChatMessage } from "../history.ts";
import { integer, type Arguments } from "./arguments.ts";
import { findChat, findReader } from "./chat.ts";
import type { World } from "../world.ts";
import { ApiError } from "./error.ts";
import type { Call, Method } from "./method.ts";
import { readMessageIds } from "./remove.ts";
import { post, readOptions, type Draft } from "./send.ts";
import { readCaption } from "./text.ts";

/** The message to copy or forward. */
function find({ world, args }: Call, id: number): ChatMessage | undefined {
  const source = findChat(world, args, "from_chat_id");
  return source.kind === "sink" ? undefined : source.chat.history.get(id);
}

const isService = ({ content = {} }: ChatMessage): boolean =>
  ["successful_payment", "refunded_payment", "new_chat_members", "left_chat_member"].some(
    (key) => key in content,
  );

const messageId = ({ args }: Call): number => integer(args, "message_id", 0, 0, Number.MAX_SAFE_INTEGER);

function forwarded({ world }: Call, message: ChatMessage): Draft {
  const { text, entities, content, date, sender, forward_origin } = message;
  return {
    text,
    entities: [...entities],
    ...(content === undefined ? {} : { content }),
    // Who forwards a forwarded message passes on where it comes from.
    forward_origin: forward_origin ?? { type: "user", date, sender_user: world.userById(sender) },
  };
}

function copied(world: World, message: ChatMessage, args: Arguments): Draft {
  const { content } = message;
  if (content === undefined) return { text: message.text, entities: [...message.entities] };
  const own = { text: message.text, entities: [...message.entities] };
  return { ...(args["caption"] === undefined ? own : readCaption(world, args)), content };
}

const forwardMessage: Method = (call) => {
  const target = findReader(call.world, call.args);
  const message = find(call, messageId(call));
  if (message === undefined) throw new ApiError(400, "message to forward not found");
  if (isService(message)) throw new ApiError(400, "message can't be forwarded");
  return post(call, target, "forwardMessage", forwarded(call, message));
};

const copyMessage: Method = (call) => {
  const target = findReader(call.world, call.args);
  const message = find(call, messageId(call));
  if (message === undefined) throw new ApiError(400, "message to copy not found");
  if (isService(message) || message.content?.invoice !== undefined) {
    throw new ApiError(400, "message can't be copied");
  }
  const { message_id } = post(call, target, "copyMessage", {
    ...copied(call.world, message, call.args),
    ...readOptions(call, target),
  });
  return { message_id };
};

/** Several at once; those that are not there are passed over. */
const several =
  (name: string, make: (call: Call, message: ChatMessage) => Draft): Method =>
  (call) => {
    const target = findReader(call.world, call.args);
    const found = readMessageIds(call).flatMap((id) => find(call, id) ?? []);
    const usable = found.filter((message) => !isService(message));
    if (usable.length === 0)
      throw new ApiError(400, `there are no messages to ${name.startsWith("copy") ? "copy" : "forward"}`);
    return usable.map((message) => {
      const { message_id } = post(call, target, name, make(call, message));
      return { message_id };
    });
  };

export const copyMethods = {
  forwardMessage,
  copyMessage,
  forwardMessages: several("forwardMessages", forwarded),
  copyMessages: several("copyMessages", ({ world }, message) => copied(world, message, {})),
};
