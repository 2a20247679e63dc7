import { Composer } from "grammy";
import { profileFields, updateUser, type User } from "../database/users.ts";
import type { BotContext } from "../telegram/context.ts";
import { openQuestion } from "./dialogue.ts";
import { profileKeyboard, profileText } from "./profile-view.ts";
import { say } from "./say.ts";
import { searchesChanged } from "./search-cache.ts";

export const profile = new Composer<BotContext>();

async function show(ctx: BotContext, user: User): Promise<void> {
  await say(ctx, `${profileText(ctx, user)}\n\n${ctx.t("profile-hint")}`, profileKeyboard(ctx, user));
}

profile.command("profile", async (ctx, next) => {
  if (ctx.user === undefined) await next();
  else await show(ctx, ctx.user);
});

profile.callbackQuery("profile", async (ctx, next) => {
  if (ctx.user === undefined) return next();
  await ctx.answerCallbackQuery();
  await show(ctx, ctx.user);
});

profile.callbackQuery("edit:searching", async (ctx, next) => {
  if (ctx.user === undefined) return next();
  const user = await updateUser(ctx.tx, ctx.user, { isSearching: !ctx.user.isSearching });
  searchesChanged(ctx, user);
  await ctx.answerCallbackQuery(ctx.t("saved"));
  await show(ctx, user);
});

profile.callbackQuery(/^edit:(\w+)$/, async (ctx, next) => {
  const field = profileFields.find((known) => known === ctx.match[1]);
  if (ctx.user === undefined || field === undefined) return next();
  await ctx.answerCallbackQuery();
  await openQuestion(ctx, ctx.user, { flow: "edit", field });
});

profile.callbackQuery("answer:cancel", async (ctx, next) => {
  if (ctx.user === undefined) return next();
  const user = await updateUser(ctx.tx, ctx.user, { dialogue: null });
  await ctx.answerCallbackQuery();
  await show(ctx, user);
});
