import { Composer } from "grammy";
import { ofProfile } from "../database/users.ts";
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
  const { dialogue } = user;
  if (dialogue !== null) {
    // Texts for other questions were answered by the feature that asks.
    if (text === undefined || !ofProfile(dialogue)) return say(ctx, t("text-please"));
    return answerByText(ctx, user, dialogue, text);
  }
  await say(ctx, t(text === undefined ? "unknown-media" : "unknown-text"));
});
