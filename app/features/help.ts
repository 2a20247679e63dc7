import { Composer, InlineKeyboard } from "grammy";
import { updateUser } from "../database/users.ts";
import type { BotContext } from "../telegram/context.ts";
import { say } from "./say.ts";

export const help = new Composer<BotContext>();

const menu = ({ t }: BotContext) =>
  new InlineKeyboard()
    .text(t("menu-profile"), "profile")
    .text(t("menu-search"), "search:a:0:")
    .row()
    .text(t("menu-team"), "team")
    .text(t("menu-mentor"), "mentor:ask");

help.command("help", (ctx) => say(ctx, ctx.t("help"), menu(ctx)));

help.callbackQuery("help", async (ctx) => {
  await ctx.answerCallbackQuery();
  await say(ctx, ctx.t("help"), menu(ctx));
});

help.command("cancel", async (ctx) => {
  if (ctx.user?.dialogue == null) return say(ctx, ctx.t("nothing-to-cancel"));
  await updateUser(ctx.tx, ctx.user, { dialogue: null });
  await say(ctx, ctx.t("cancelled"), menu(ctx));
});
