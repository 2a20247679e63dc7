import type { Update } from "@grammyjs/types";

/**
 * Every kind of update, but two that came after the version of the Bot API server whose source gives the rules
 * below (10.0): nobody outside knows their queues.
 */
export type UpdateType = Exclude<keyof Update, "update_id" | "stopped_message_generation" | "subscription">;

interface Rules {
  /** Seconds until the update is given up. */
  readonly life: number;
  /** Updates about the same one of these come in order. */
  readonly queueOf: "chat" | "user" | "poll";
  /** Keeps the queues of different kinds apart, though people and their private chats share their ids. */
  readonly kind: number;
}

const DAY = 86_400;

/** Lives and queues of Client.cpp of tdlib/telegram-bot-api. */
const rules: Readonly<Record<UpdateType, Rules>> = {
  message: { life: DAY, queueOf: "chat", kind: 0 },
  edited_message: { life: DAY, queueOf: "chat", kind: 0 },
  channel_post: { life: DAY, queueOf: "chat", kind: 0 },
  edited_channel_post: { life: DAY, queueOf: "chat", kind: 0 },
  inline_query: { life: 30, queueOf: "user", kind: 1 },
  chosen_inline_result: { life: 600, queueOf: "user", kind: 2 },
  callback_query: { life: 150, queueOf: "user", kind: 3 },
  shipping_query: { life: 150, queueOf: "user", kind: 4 },
  pre_checkout_query: { life: 150, queueOf: "user", kind: 4 },
  my_chat_member: { life: DAY, queueOf: "chat", kind: 5 },
  chat_member: { life: DAY, queueOf: "user", kind: 6 },
  chat_join_request: { life: DAY, queueOf: "user", kind: 6 },
  chat_boost: { life: DAY, queueOf: "chat", kind: 7 },
  removed_chat_boost: { life: DAY, queueOf: "chat", kind: 7 },
  message_reaction: { life: DAY, queueOf: "chat", kind: 8 },
  message_reaction_count: { life: DAY, queueOf: "chat", kind: 9 },
  business_connection: { life: DAY, queueOf: "user", kind: 10 },
  business_message: { life: DAY, queueOf: "chat", kind: 11 },
  edited_business_message: { life: DAY, queueOf: "chat", kind: 11 },
  deleted_business_messages: { life: DAY, queueOf: "chat", kind: 11 },
  guest_message: { life: DAY, queueOf: "chat", kind: 12 },
  purchased_paid_media: { life: DAY, queueOf: "user", kind: 12 },
  managed_bot: { life: DAY, queueOf: "user", kind: 13 },
  poll: { life: DAY, queueOf: "poll", kind: 0 },
  poll_answer: { life: DAY, queueOf: "poll", kind: 0 },
};

/** These come only when they are named in allowed_updates. */
const onRequest: ReadonlySet<string> = new Set<UpdateType>([
  "chat_member",
  "message_reaction",
  "message_reaction_count",
]);

/** What an update is about, for its queue. */
export interface Subject {
  readonly chatId: number;
  /** Of chat_member it is whose membership changed, else who did something. */
  readonly userId: number;
  readonly pollId?: number;
}

/** The queue of an update, and for how many seconds it waits there. */
export function queueAndLife(type: UpdateType, subject: Subject): { queue: number; life: number } {
  const { life, queueOf, kind } = rules[type];
  const ids = { chat: subject.chatId, user: subject.userId, poll: subject.pollId ?? 0 };
  return { queue: ids[queueOf] + kind * 2 ** 33, life };
}

/**
 * Which kinds a bot wants, of what it names in allowed_updates. Names that Telegram does not know are passed
 * over; an empty answer means all but those on request.
 */
export function wantedUpdates(names: readonly string[]): readonly string[] {
  const known = new Set(names.map((name) => name.toLowerCase()).filter((name) => name in rules));
  const isDefault = Object.keys(rules).every((name) => known.has(name) !== onRequest.has(name));
  return isDefault ? [] : [...known];
}

export const isWanted = (type: UpdateType, wanted: readonly string[]): boolean =>
  wanted.length === 0 ? !onRequest.has(type) : wanted.includes(type);
