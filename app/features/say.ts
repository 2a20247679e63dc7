import type { InlineKeyboard } from "grammy";
import type { BotContext } from "../telegram/context.ts";

/** Shows a text: in place of the message whose button was pressed, else as a new message. */
export async function say(ctx: BotContext, text: string, keyboard?: InlineKeyboard): Promise<void> {
  const other = {
    parse_mode: "HTML",
    link_preview_options: { is_disabled: true },
    // Keyboards are built with a `row()` too many here and there.
    ...(keyboard !== undefined && {
      reply_markup: { inline_keyboard: keyboard.inline_keyboard.filter((row) => row.length > 0) },
    }),
  } as const;
  if (ctx.callbackQuery?.message === undefined) await ctx.reply(text, other);
  else await ctx.editMessageText(text, other);
}
