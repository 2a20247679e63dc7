import type { InlineKeyboard } from "grammy";
import type { BotContext } from "../telegram/context.ts";

/** How every text of the bot is sent. */
export function messageOptions(keyboard?: InlineKeyboard) {
  return {
    parse_mode: "HTML",
    link_preview_options: { is_disabled: true },
    // Keyboards are built with a `row()` too many here and there.
    ...(keyboard !== undefined && {
      reply_markup: { inline_keyboard: keyboard.inline_keyboard.filter((row) => row.length > 0) },
    }),
  } as const;
}

/** Shows a text: in place of the message whose button was pressed, else as a new message. */
export async function say(ctx: BotContext, text: string, keyboard?: InlineKeyboard): Promise<void> {
  if (ctx.callbackQuery?.message === undefined) await ctx.reply(text, messageOptions(keyboard));
  else await ctx.editMessageText(text, messageOptions(keyboard));
}
