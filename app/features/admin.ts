import { Composer, InlineKeyboard } from "grammy";
import { adminCommands, commands } from "../telegram/commands.ts";
import type { BotContext } from "../telegram/context.ts";
import { say } from "./say.ts";

/** What admins can do, in one place; it also puts their commands into the menu of their chat. */
export const admin = new Composer<BotContext>();

admin
  .filter((ctx) => ctx.admin)
  .command("admin", async (ctx) => {
    const { t } = ctx;
    const menu = [...commands, ...adminCommands];
    await ctx.api.setMyCommands(
      menu.map((command) => ({ command, description: t(`command-${command}`) })),
      { scope: { type: "chat", chat_id: ctx.chat.id } },
    );
    const keyboard = new InlineKeyboard()
      .text(t("admin-broadcast"), "broadcast:new")
      .row()
      .text(t("admin-maintenance"), "maintenance:ask")
      .row()
      .text(t("admin-refund"), "refund:list:0");
    await say(ctx, t("admin"), keyboard);
  });
