import { Composer, InlineKeyboard } from "grammy";
import { createUser, restoreUser, type ProfileDialogue, type User } from "../database/users.ts";
import type { BotContext } from "../telegram/context.ts";
import { storable } from "../telegram/texts.ts";
import { answerByButton, ask, greetingName } from "./dialogue.ts";
import { say } from "./say.ts";
import { searchesChanged } from "./search-cache.ts";

export const start = new Composer<BotContext>();

const first: ProfileDialogue = { flow: "onboarding", field: "type" };

async function welcomeBack(ctx: BotContext, user: User): Promise<void> {
  const { t } = ctx;
  const menu = new InlineKeyboard()
    .text(t("menu-profile"), "profile")
    .text(t("menu-search"), "search:a:0:")
    .row()
    .text(t("menu-team"), "team")
    .text(t("menu-mentor"), "mentor:ask")
    .row()
    .text(t("menu-help"), "help");
  await say(ctx, t("welcome-back", { name: greetingName(ctx, user) }), menu);
}

start.command("start", async (ctx) => {
  const { user, gone, t, from } = ctx;
  if (gone !== undefined) {
    searchesChanged(ctx, gone);
    if (await restoreUser(ctx.tx, gone.id, first)) await welcomeBack(ctx, gone);
    else await ask(ctx, first, `${t("welcome")}\n\n`);
  } else if (user === undefined) {
    if (from === undefined) return;
    const username = from.username && storable(from.username);
    await createUser(ctx.tx, { id: from.id, username, language: ctx.locale, dialogue: first });
    await ask(ctx, first, `${t("welcome")}\n\n`);
  } else if (user.dialogue?.flow === "onboarding") {
    // Left in the middle: go on where it stopped.
    await ask(ctx, user.dialogue, `${t("welcome")}\n\n`);
  } else {
    await welcomeBack(ctx, user);
  }
});

start.callbackQuery(/^answer:(\w+):(\w+)$/, async (ctx, next) => {
  const [, field = "", value = ""] = ctx.match;
  if (ctx.user === undefined || !(await answerByButton(ctx, ctx.user, field, value))) await next();
});
