import type { User } from "@grammyjs/types";
import { isGroup, type Conversation } from "./conversation.ts";
import { groupChatOf, hasBot, publicGroup, type BotStatus, type Group, type MemberStatus } from "./groups.ts";
import type { Content } from "./history.ts";
import type { World } from "./world.ts";

/** A ChatMember of the Bot API. */
export const asMember = (user: User, status: string): object => ({
  status,
  user,
  ...(status === "creator" ? { is_anonymous: false } : {}),
  ...(status === "administrator" ? administratorRights : {}),
  ...(status === "kicked" ? { until_date: 0 } : {}),
});

const administratorRights = {
  can_be_edited: false,
  is_anonymous: false,
  can_manage_chat: true,
  can_delete_messages: true,
  can_manage_video_chats: true,
  can_restrict_members: true,
  can_promote_members: false,
  can_change_info: true,
  can_invite_users: true,
  can_post_stories: false,
  can_edit_stories: false,
  can_delete_stories: false,
};

/** How somebody stands in a chat, as ChatMember. */
export function memberOf(world: World, chat: Conversation, userId: number): object {
  const user = world.userById(userId);
  if (userId === world.bot.id)
    return asMember(user, isGroup(chat) ? chat.bot : chat.blocked ? "kicked" : "member");
  if (!isGroup(chat)) return asMember(user, userId === chat.id ? "member" : "left");
  return asMember(user, chat.members.get(userId) ?? "left");
}

/** What a group says about itself in its chat; the bot gets it while it is there. */
function announce(world: World, group: Group, by: User, content: Content): void {
  const message = {
    message_id: world.ids.message(),
    from: by.is_bot ? ("bot" as const) : ("person" as const),
    sender: by.id,
    text: "",
    entities: [],
    keyboard: null,
    date: world.seconds(),
    content,
  };
  const update_id = hasBot(group)
    ? world.updates.create("message", world.asMessage(group, message), {
        chatId: group.id,
        userId: by.id,
        summary: Object.keys(content).join(),
      })
    : null;
  world.put(group, { ...message, update_id });
}

const changed = (world: World, group: Group, by: User, before: object, after: object): object => ({
  chat: groupChatOf(group),
  from: by,
  date: world.seconds(),
  old_chat_member: before,
  new_chat_member: after,
});

/** Lets the bot in or out, or changes its rights. The answer is the update, null when there is none. */
export function setBotStatus(world: World, group: Group, status: BotStatus, by: User): number | null {
  if (group.bot === status) return null;
  const before = memberOf(world, group, world.bot.id);
  const wasThere = hasBot(group);
  // Its own leaving is the last that a bot hears of a group.
  if (wasThere && (status === "left" || status === "kicked")) {
    announce(world, group, by, { left_chat_member: world.botUser });
  }
  group.bot = status;
  const update = world.updates.create(
    "my_chat_member",
    changed(world, group, by, before, memberOf(world, group, world.bot.id)),
    { chatId: group.id, userId: by.id, summary: `the bot: ${status}` },
  );
  if (!wasThere && hasBot(group)) announce(world, group, by, { new_chat_members: [world.botUser] });
  world.events.publish("group", publicGroup(group));
  return update;
}

/** Lets a person in or out, or changes their rights. */
export function setMember(
  world: World,
  group: Group,
  personId: number,
  status: MemberStatus | "left",
  by: User,
): void {
  const old = group.members.get(personId) ?? "left";
  if (old === status) return;
  const before = memberOf(world, group, personId);
  const user = world.userById(personId);
  if (status === "left") group.members.delete(personId);
  else group.members.set(personId, status);
  if (old === "left") announce(world, group, by, { new_chat_members: [user] });
  if (status === "left") announce(world, group, by, { left_chat_member: user });
  if (group.bot === "administrator") {
    world.updates.create("chat_member", changed(world, group, by, before, memberOf(world, group, personId)), {
      chatId: group.id,
      userId: personId,
      summary: `${user.first_name}: ${status}`,
    });
  }
  world.events.publish("group", publicGroup(group));
}
