import type { Update } from "grammy/types";
import { z } from "zod";
import type { UpdateType } from "../metric-labels.ts";
import { localeOf, storable, type Locale } from "./texts.ts";

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

const id = z.int();
const person = z.looseObject({
  id,
  is_bot: z.boolean().optional(),
  username: z.string().optional(),
  language_code: z.string().optional(),
});
const chat = z.looseObject({ id, type: z.string() });
const message = z.looseObject({ chat, from: person.optional(), text: z.string().optional() });
const shape = z.looseObject({
  update_id: id.nonnegative(),
  message: message.optional(),
  callback_query: z
    .looseObject({
      id: z.string(),
      from: person,
      data: z.string().optional(),
      message: z.looseObject({ chat }).optional(),
    })
    .optional(),
  my_chat_member: z.looseObject({ chat, from: person }).optional(),
  pre_checkout_query: z.looseObject({ id: z.string(), from: person }).optional(),
});

/** Whether a body is an update of the Bot API, as far as the bot reads it before the handlers do. */
export function isUpdate(body: unknown): body is Update {
  return shape.safeParse(body).success;
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
    username: from.username && storable(from.username),
    locale: localeOf(from.language_code),
    callbackId: query?.id,
  };
}
