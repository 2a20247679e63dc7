import { InlineKeyboard } from "grammy";
import {
  ofProfile,
  profileFields,
  updateUser,
  userTypes,
  type ProfileDialogue,
  type ProfileField,
  type User,
  type UserChange,
} from "../database/users.ts";
import type { BotContext } from "../telegram/context.ts";
import { escape } from "../telegram/texts.ts";
import { nameFromTelegram, parseField } from "./fields.ts";
import { profileKeyboard, profileText } from "./profile-view.ts";
import { say } from "./say.ts";
import { searchesChanged } from "./search-cache.ts";

/**
 * The questions of the profile, one after the other in the onboarding, or a single one to change a field. Which
 * one is open stands in the person's row and is read under the person's lock.
 *
 * Buttons: `answer:<field>:<value>`.
 */
function keyboard(ctx: BotContext, { flow, field }: ProfileDialogue): InlineKeyboard {
  const { t } = ctx;
  const buttons = new InlineKeyboard();
  const cancel = () => (flow === "edit" ? buttons.text(t("button-cancel"), "answer:cancel") : buttons);
  switch (field) {
    case "type":
      for (const type of userTypes) buttons.text(t(`type-button-${type}`), `answer:type:${type}`).row();
      return cancel();
    case "name": {
      const name = suggestedName(ctx);
      if (name !== undefined) buttons.text(t("button-keep-name", { name }), "answer:name:keep").row();
      return cancel();
    }
    case "about":
    case "skills":
    case "city":
      buttons.text(t(flow === "edit" ? "button-clear" : "button-skip"), `answer:${field}:none`).row();
      return cancel();
    case "searching":
      return buttons
        .text(t("button-yes"), "answer:searching:yes")
        .row()
        .text(t("button-no"), "answer:searching:no");
  }
}

function suggestedName(ctx: BotContext): string | undefined {
  return ctx.from && nameFromTelegram(ctx.from.first_name, ctx.from.last_name);
}

/** Shows the question; whoever calls it has stored the dialogue. */
export async function ask(ctx: BotContext, dialogue: ProfileDialogue, before = ""): Promise<void> {
  await say(ctx, before + ctx.t(`ask-${dialogue.field}`), keyboard(ctx, dialogue));
}

/** Stores the question as the open one, and shows it. */
export async function openQuestion(ctx: BotContext, user: User, dialogue: ProfileDialogue): Promise<void> {
  await updateUser(ctx.tx, user, { dialogue });
  await ask(ctx, dialogue);
}

/** Stores an answer and goes on: to the next question, or to the finished profile. */
async function accept(
  ctx: BotContext,
  user: User,
  dialogue: ProfileDialogue,
  change: UserChange,
): Promise<void> {
  searchesChanged(ctx, { ...user, ...change });
  const next = profileFields[profileFields.indexOf(dialogue.field) + 1];
  if (dialogue.flow === "onboarding" && next !== undefined) {
    const following: ProfileDialogue = { flow: "onboarding", field: next };
    await updateUser(ctx.tx, user, { ...change, dialogue: following });
    await ask(ctx, following);
    return;
  }
  const done = await updateUser(ctx.tx, user, { ...change, dialogue: null });
  const title = ctx.t(dialogue.flow === "onboarding" ? "onboarding-done" : "saved");
  await say(ctx, `${title}\n\n${profileText(ctx, done)}`, profileKeyboard(ctx, done));
}

function changeOfButton(ctx: BotContext, field: ProfileField, value: string): UserChange | undefined {
  switch (field) {
    case "type": {
      const userType = userTypes.find((type) => type === value);
      return userType && { userType };
    }
    case "name": {
      const name = suggestedName(ctx);
      return name === undefined ? undefined : { name };
    }
    case "about":
      return { about: null };
    case "skills":
      return { skills: [] };
    case "city":
      return { city: null };
    case "searching":
      return { isSearching: value === "yes" };
  }
}

/** A press on a button of a question. Returns false when the question is no longer open. */
export async function answerByButton(
  ctx: BotContext,
  user: User,
  field: string,
  value: string,
): Promise<boolean> {
  const { dialogue } = user;
  if (dialogue === null || !ofProfile(dialogue) || dialogue.field !== field) return false;
  const change = changeOfButton(ctx, dialogue.field, value);
  if (change === undefined) return false;
  // Skipping a question of the onboarding must not empty what was there before.
  const keeps = dialogue.flow === "onboarding" && value === "none";
  await ctx.answerCallbackQuery();
  await accept(ctx, user, dialogue, keeps ? {} : change);
  return true;
}

/** A text while a question is open. */
export async function answerByText(
  ctx: BotContext,
  user: User,
  dialogue: ProfileDialogue,
  text: string,
): Promise<void> {
  const parsed = parseField(dialogue.field, text);
  if ("change" in parsed) await accept(ctx, user, dialogue, parsed.change);
  else await say(ctx, ctx.t(parsed.problem, parsed.values));
}

/** Greets by the name of the profile, or the one that Telegram knows. */
export function greetingName(ctx: BotContext, user: User): string {
  return escape(user.name ?? ctx.from?.first_name ?? "");
}
