import { InlineKeyboard } from "grammy";
import type { User } from "../database/users.ts";
import type { BotContext } from "../telegram/context.ts";
import { escape } from "../telegram/texts.ts";

export function profileText({ t }: BotContext, user: User): string {
  const empty = t("not-given");
  return t("profile", {
    name: escape(user.name ?? empty),
    type: t(`type-${user.userType ?? "none"}`),
    searching: t(user.isSearching ? "searching-yes" : "searching-no"),
    about: escape(user.about ?? empty),
    skills: user.skills.length === 0 ? empty : escape(user.skills.join(", ")),
    city: escape(user.city ?? empty),
  });
}

/** Buttons: `edit:<field>`. */
export function profileKeyboard({ t }: BotContext, user: User): InlineKeyboard {
  return new InlineKeyboard()
    .text(t("edit-name"), "edit:name")
    .text(t("edit-type"), "edit:type")
    .row()
    .text(t("edit-about"), "edit:about")
    .text(t("edit-skills"), "edit:skills")
    .row()
    .text(t("edit-city"), "edit:city")
    .text(t(user.isSearching ? "edit-searching-off" : "edit-searching-on"), "edit:searching")
    .row()
    .text(t("menu-search"), "search:a:0:");
}
