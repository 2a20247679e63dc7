import type { InlineKeyboard } from "grammy";
import type { Person } from "../database/teams.ts";
import type { BotContext } from "../telegram/context.ts";
import { addressOf, escape, shorten, translator, type Translate } from "../telegram/texts.ts";
import { messageOptions } from "./say.ts";

/** What somebody is told, in their language. */
export type Content = (t: Translate) => { readonly text: string; readonly keyboard: InlineKeyboard };

/** A message to somebody else than the one whose update this is; the fields of `sendMessage` besides the chat. */
export function messageFor({ language }: Person, content: Content) {
  const { text, keyboard } = content(translator(language));
  return { text, ...messageOptions(keyboard) };
}

/** Sends it unless the person cannot be reached. */
export async function tell(ctx: BotContext, person: Person, content: Content): Promise<void> {
  if (person.reachable) await ctx.api.raw.sendMessage({ chat_id: person.id, ...messageFor(person, content) });
}

/** The name without markup, short enough for a button or a notice. */
export function shortName(t: Translate, { name }: Pick<Person, "name">): string {
  return shorten(name ?? t("not-given"), 40);
}

/** The name as a link to the person; lists of people have to fit a message, so it is cut. */
export function nameLink(t: Translate, person: Pick<Person, "id" | "name" | "username">): string {
  return `<a href="${escape(addressOf(person))}">${escape(shortName(t, person))}</a>`;
}
