import { Composer, InlineKeyboard } from "grammy";
import { deleteUser, updateUser, type User } from "../database/users.ts";
import type { BotContext } from "../telegram/context.ts";
import { locales, translator } from "../telegram/texts.ts";
import { say } from "./say.ts";
import { leaveTeams } from "./team-farewell.ts";

/** Language, notifications, and leaving. Buttons: `settings:<what>:<value>`, `delete:<yes or no>`. */
export const settings = new Composer<BotContext>();

async function show(ctx: BotContext, user: User): Promise<void> {
  // A language that was chosen just now is the one to show it in.
  const t = translator(user.chosenLanguage ?? ctx.locale);
  const chosen = (isChosen: boolean, label: string): string => (isChosen ? `✓ ${label}` : label);
  const keyboard = new InlineKeyboard();
  for (const locale of locales) {
    keyboard.text(
      chosen(user.chosenLanguage === locale, t(`language-${locale}`)),
      `settings:language:${locale}`,
    );
  }
  keyboard
    .row()
    .text(chosen(user.chosenLanguage === null, t("language-of-telegram")), "settings:language:telegram")
    .row()
    .text(t(user.notifications ? "notifications-off" : "notifications-on"), "settings:notifications:toggle");
  await say(ctx, t("settings", { notifications: t(user.notifications ? "on" : "off") }), keyboard);
}

settings.command("settings", async (ctx, next) => {
  if (ctx.user === undefined) await next();
  else await show(ctx, ctx.user);
});

settings.callbackQuery(/^settings:language:(\w+)$/, async (ctx, next) => {
  if (ctx.user === undefined) return next();
  const chosenLanguage = locales.find((locale) => locale === ctx.match[1]) ?? null;
  const user = await updateUser(ctx.tx, ctx.user, { chosenLanguage });
  await ctx.answerCallbackQuery();
  await show(ctx, user);
});

settings.callbackQuery("settings:notifications:toggle", async (ctx, next) => {
  if (ctx.user === undefined) return next();
  const user = await updateUser(ctx.tx, ctx.user, { notifications: !ctx.user.notifications });
  await ctx.answerCallbackQuery(ctx.t("saved"));
  await show(ctx, user);
});

settings.command("delete_me", async (ctx, next) => {
  if (ctx.user === undefined) return next();
  const { t } = ctx;
  const keyboard = new InlineKeyboard()
    .text(t("delete-yes"), "delete:yes")
    .row()
    .text(t("delete-no"), "delete:no");
  await say(ctx, t("delete-ask"), keyboard);
});

settings.callbackQuery("delete:yes", async (ctx, next) => {
  if (ctx.user === undefined) return next();
  await leaveTeams(ctx, ctx.user);
  await deleteUser(ctx.tx, ctx.user.id);
  await ctx.answerCallbackQuery();
  await say(ctx, ctx.t("deleted"));
});

settings.callbackQuery("delete:no", async (ctx, next) => {
  if (ctx.user === undefined) return next();
  await ctx.answerCallbackQuery();
  await say(ctx, ctx.t("delete-kept"));
});
