import { z } from "zod";
import { react, reactionEmoji } from "../reactions.ts";
import { integer, object } from "./arguments.ts";
import { findReader } from "./chat.ts";
import { ApiError } from "./error.ts";
import type { Method } from "./method.ts";

const reaction = z.discriminatedUnion("type", [
  z.object({ type: z.literal("emoji"), emoji: z.string() }),
  z.object({ type: z.literal("custom_emoji"), custom_emoji_id: z.string() }),
  z.object({ type: z.literal("paid") }),
]);

const setMessageReaction: Method = ({ world, args, update }) => {
  const target = findReader(world, args);
  const parsed = z.array(reaction).safeParse(object(args, "reaction") ?? []);
  if (!parsed.success)
    throw new ApiError(400, "can't parse reaction types: expected an Array of ReactionType");
  if (target.kind === "sink") {
    world.ledger.sink();
    return true;
  }
  const message = target.chat.history.get(integer(args, "message_id", 0, 0, Number.MAX_SAFE_INTEGER));
  if (message === undefined) throw new ApiError(400, "message to react not found");
  if (parsed.data.length > 1) throw new ApiError(400, "REACTIONS_TOO_MANY");
  const emoji = parsed.data.map((one) => (one.type === "emoji" ? one.emoji : ""));
  // A bot needs paid features of others for every other kind.
  if (emoji.some((one) => !reactionEmoji.has(one))) throw new ApiError(400, "REACTION_INVALID");
  world.ledger.replied(target.id, "setMessageReaction", message.message_id, update);
  react(world, target.chat, message, world.bot.id, emoji);
  return true;
};

export const reactionMethods = { setMessageReaction };
