import type { Update } from "grammy/types";
import type { UpdateType } from "../metrics.ts";
import { localeOf, type Locale } from "./texts.ts";

/** Whom an update is about, and what the unit of work has to know of it. */
export interface Subject {
  readonly updateId: number;
  readonly type: UpdateType;
  readonly userId: number;
  /** The private chat with the person; its id is that of the person. */
  readonly chatId: number;
  readonly username: string | undefined;
  readonly locale: Locale;
  /** The button press to be answered, if it is one. */
  readonly callbackId: string | undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isId = (value: unknown): value is number => Number.isSafeInteger(value);

/** An object with the given parts that are ids of Telegram. */
const hasIds = (value: unknown, ...parts: string[]): boolean =>
  isObject(value) &&
  parts.every((part) => {
    const member = value[part];
    return isObject(member) && isId(member["id"]);
  });

/** Whether a body is an update of the Bot API, as far as the bot reads it before the handlers do. */
export function isUpdate(body: unknown): body is Update {
  if (!isObject(body) || !isId(body["update_id"]) || body["update_id"] < 0) return false;
  const { message, callback_query: query, my_chat_member: member, pre_checkout_query: order } = body;
  return (
    (message === undefined || hasIds(message, "chat")) &&
    (query === undefined || (hasIds(query, "from") && isObject(query) && typeof query["id"] === "string")) &&
    (member === undefined || hasIds(member, "chat", "from")) &&
    (order === undefined || (hasIds(order, "from") && isObject(order) && typeof order["id"] === "string"))
  );
}

export function typeOf(update: Update): UpdateType {
  if (update.message !== undefined)
    return update.message.text?.startsWith("/") === true ? "command" : "message";
  if (update.callback_query !== undefined) return "callback_query";
  if (update.pre_checkout_query !== undefined) return "pre_checkout_query";
  return update.my_chat_member === undefined ? "other" : "my_chat_member";
}

/** Whether an update says that something was paid or given back. */
export const tellsOfMoney = ({ message }: Update): boolean =>
  message?.successful_payment !== undefined || message?.refunded_payment !== undefined;

/** The subject of an update that is ours: from a person, in a private chat. Everything else is not answered. */
export function subjectOf(update: Update): Subject | undefined {
  const { message, callback_query: query, my_chat_member: member } = update;
  const from = message?.from ?? query?.from ?? member?.from;
  const chat = message?.chat ?? query?.message?.chat ?? member?.chat;
  if (from === undefined || chat?.type !== "private" || from.is_bot || chat.id !== from.id) return undefined;
  return {
    updateId: update.update_id,
    type: typeOf(update),
    userId: from.id,
    chatId: chat.id,
    username: from.username,
    locale: localeOf(from.language_code),
    callbackId: query?.id,
  };
}
