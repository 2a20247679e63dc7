import { isGroup } from "../conversation.ts";
import { hasBot } from "../groups.ts";
import { asMember, memberOf, setBotStatus } from "../membership.ts";
import { integer } from "./arguments.ts";
import { chatOfTarget, findChat } from "./chat.ts";
import { ApiError } from "./error.ts";
import type { Call, Method } from "./method.ts";

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

/** The chat of the arguments, when it is a group that the bot is in. Throws ApiError. */
function findGroup({ world, args }: Call) {
  const target = findChat(world, args);
  const chat = target.kind === "chat" ? target.chat : undefined;
  if (chat === undefined || !isGroup(chat))
    throw new ApiError(400, "there are no administrators in the private chat");
  if (!hasBot(chat)) throw new ApiError(403, "bot is not a member of the supergroup chat");
  return chat;
}

const getChatMember: Method = ({ world, args }) => {
  const target = findChat(world, args);
  const id = integer(args, "user_id", 0, 0, Number.MAX_SAFE_INTEGER);
  if (target.kind === "sink") {
    world.ledger.sink();
    return asMember({ id, is_bot: false, first_name: "Sink" }, "member");
  }
  if (id !== world.bot.id && world.people.get(id) === undefined) {
    throw new ApiError(400, "invalid user_id specified");
  }
  return memberOf(world, target.chat, id);
};

const getChatAdministrators: Method = (call) => {
  const { world } = call;
  const group = findGroup(call);
  const people = [...group.members].filter(([, status]) => status !== "member");
  const own = group.bot === "administrator" ? [memberOf(world, group, world.bot.id)] : [];
  return [...people.map(([id]) => memberOf(world, group, id)), ...own];
};

const getChatMemberCount: Method = ({ world, args }) => {
  const target = findChat(world, args);
  return target.kind === "chat" && isGroup(target.chat)
    ? target.chat.members.size + (hasBot(target.chat) ? 1 : 0)
    : 2;
};

const leaveChat: Method = (call) => {
  const { world, args } = call;
  const target = findChat(world, args);
  if (target.kind === "sink" || !isGroup(target.chat)) {
    throw new ApiError(400, "chat member status can't be changed in private chats");
  }
  if (!hasBot(target.chat)) throw new ApiError(403, "bot is not a member of the supergroup chat");
  setBotStatus(world, target.chat, "left", world.botUser);
  return true;
};

export const memberMethods = { getChat, getChatMember, getChatAdministrators, getChatMemberCount, leaveChat };
