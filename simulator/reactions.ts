import { chatOfConversation, isGroup, type Conversation } from "./conversation.ts";
import type { ChatMessage } from "./history.ts";
import type { World } from "./world.ts";

/** The emoji that Telegram takes as a reaction, of core.telegram.org/bots/api#reactiontypeemoji. */
export const reactionEmoji: ReadonlySet<string> = new Set(
  (
    "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 " +
    "😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡"
  ).split(" "),
);

const asReactions = (emoji: readonly string[]): object[] =>
  emoji.map((one) => ({ type: "emoji", emoji: one }));

/**
 * Puts the reactions of a user to a message in place of their earlier ones. The bot hears of those of people in private
 * chats, and in groups where it is an administrator.
 */
export function react(
  world: World,
  chat: Conversation,
  message: ChatMessage,
  userId: number,
  emoji: readonly string[],
): number | null {
  const before = message.reactions?.[userId] ?? [];
  const others = Object.entries(message.reactions ?? {}).filter(([id]) => Number(id) !== userId);
  const reactions = Object.fromEntries([
    ...others,
    ...(emoji.length === 0 ? [] : [[userId, emoji] as const]),
  ]);
  world.put(chat, { ...message, reactions });
  if (userId === world.bot.id || (isGroup(chat) && chat.bot !== "administrator")) return null;
  return world.updates.create(
    "message_reaction",
    {
      chat: chatOfConversation(chat),
      message_id: message.message_id,
      user: world.userById(userId),
      date: world.seconds(),
      old_reaction: asReactions(before),
      new_reaction: asReactions(emoji),
    },
    { chatId: chat.id, userId, summary: emoji.join(" ") || "took a reaction back" },
  );
}
