import type { Chat } from "@grammyjs/types";
import { groupChatOf, type Group } from "./groups.ts";
import { chatOf, type Person } from "./people.ts";

/** Where messages are: somebody's private chat with the bot, or a group. */
export type Conversation = Person | Group;

export const isGroup = (conversation: Conversation): conversation is Group => "title" in conversation;

export const chatOfConversation = (conversation: Conversation): Chat.PrivateChat | Chat.SupergroupChat =>
  isGroup(conversation) ? groupChatOf(conversation) : chatOf(conversation);
