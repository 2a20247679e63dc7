import { Composer } from "grammy";
import type { BotContext } from "../telegram/context.ts";
import { answerByText } from "./dialogue.ts";
import { say } from "./say.ts";

/** Comes last: answers to open questions, and a hint for everything that nobody else understood. */
export const unknown = new Composer<BotContext>();

unknown.on("callback_query", async (ctx) => {
  await ctx.answerCallbackQuery({ text: ctx.t(ctx.user === undefined ? "meet-first" : "stale-button") });
});

unknown.on("message", async (ctx) => {
  const { user, t } = ctx;
  const { text } = ctx.message;
  if (user === undefined) return say(ctx, t("meet-first"));
  // A command never becomes an answer, so that /profil is not somebody's name.
  if (text?.startsWith("/") === true) return say(ctx, t("unknown-command"));
  if (user.dialogue !== null) {
    // Texts for the search were answered there.
    if (text === undefined || user.dialogue.flow === "search") return say(ctx, t("text-please"));
    return answerByText(ctx, user, user.dialogue, text);
  }
  await say(ctx, t(text === undefined ? "unknown-media" : "unknown-text"));
});
