import { Composer, InlineKeyboard } from "grammy";
import { addJob, cancelJob } from "../database/jobs.ts";
import { updateUser, type User } from "../database/users.ts";
import {
  countQuestion,
  dropQuestion,
  forgetHistory,
  isThinking,
  questionsToday,
  storeQuestion,
} from "../mentor/history.ts";
import { limitsOf } from "../plans.ts";
import type { BotContext } from "../telegram/context.ts";
import { clean } from "./fields.ts";
import { messageOptions } from "./say.ts";

/**
 * Questions to the AI mentor: with `/ask` and the question at once, or as free text after `/ask` alone, until another
 * command. The worker answers. Buttons: `mentor:ask`, `mentor:stop`, `mentor:drop`.
 */
export const mentor = new Composer<BotContext>();

/** Always a new message: the one whose button was pressed may be an answer. */
async function tell(ctx: BotContext, text: string, keyboard?: InlineKeyboard): Promise<void> {
  await ctx.reply(text, messageOptions(keyboard));
}

const stopButton = ({ t }: BotContext) => new InlineKeyboard().text(t("mentor-stop"), "mentor:stop");

/** Hours and minutes until the next day begins, in UTC. */
function untilTomorrow(now: Date): { hours: number; minutes: number } {
  const minutes = Math.ceil((86_400_000 - (now.getTime() % 86_400_000)) / 60_000);
  return { hours: Math.floor(minutes / 60), minutes: minutes % 60 };
}

async function openMode(ctx: BotContext, user: User): Promise<void> {
  await updateUser(ctx.tx, user, { dialogue: { flow: "mentor" } });
  const left = limitsOf(user.plan).questionsPerDay - (await questionsToday(ctx.tx.query, user.id));
  await tell(ctx, ctx.t("mentor-open", { left: Math.max(left, 0) }), stopButton(ctx));
}

async function ask(ctx: BotContext, user: User, question: string): Promise<void> {
  const { t, tx } = ctx;
  if (await isThinking(tx.query, user.id)) {
    await tell(ctx, t("mentor-thinking"), new InlineKeyboard().text(t("mentor-drop"), "mentor:drop"));
    return;
  }
  const limit = limitsOf(user.plan).questionsPerDay;
  if (!(await countQuestion(tx, user.id, limit))) {
    const text = t("mentor-limit", { limit, ...untilTomorrow(new Date()) });
    if (user.plan === "premium") return tell(ctx, text);
    const more = t("mentor-premium", { limit: limitsOf("premium").questionsPerDay });
    return tell(ctx, `${text}\n\n${more}`, new InlineKeyboard().text(t("menu-premium"), "premium"));
  }
  const job = await addJob(tx.query, { kind: "mentor", userId: user.id });
  if (job !== undefined) await storeQuestion(tx, user.id, job, question);
}

/** Ends what the person waits for, and says whether there was something. */
async function drop(ctx: BotContext, user: User): Promise<boolean> {
  const job = await dropQuestion(ctx.tx, user.id);
  return job !== undefined && (await cancelJob(ctx.tx, job, user.id));
}

mentor.on("message:text", async (ctx, next) => {
  const { user } = ctx;
  if (user?.dialogue?.flow !== "mentor") return next();
  if (!ctx.message.text.startsWith("/")) return ask(ctx, user, clean(ctx.message.text));
  // /cancel ends the mode by itself, and says so.
  if (!/^\/(ask|cancel)\b/.test(ctx.message.text)) await updateUser(ctx.tx, user, { dialogue: null });
  await next();
});

mentor.command("ask", async (ctx, next) => {
  if (ctx.user === undefined) return next();
  const question = clean(ctx.match);
  if (question === "") await openMode(ctx, ctx.user);
  else await ask(ctx, ctx.user, question);
});

mentor.callbackQuery("mentor:ask", async (ctx, next) => {
  if (ctx.user === undefined) return next();
  await ctx.answerCallbackQuery();
  await openMode(ctx, ctx.user);
});

mentor.callbackQuery("mentor:stop", async (ctx, next) => {
  if (ctx.user?.dialogue?.flow !== "mentor") return next();
  await updateUser(ctx.tx, ctx.user, { dialogue: null });
  await ctx.answerCallbackQuery();
  await tell(ctx, ctx.t("mentor-stopped"), new InlineKeyboard().text(ctx.t("mentor-more"), "mentor:ask"));
});

mentor.callbackQuery("mentor:drop", async (ctx, next) => {
  if (ctx.user === undefined || !(await drop(ctx, ctx.user))) return next();
  await ctx.answerCallbackQuery();
  await tell(ctx, ctx.t("mentor-dropped"));
});

mentor.command("forget", async (ctx, next) => {
  if (ctx.user === undefined) return next();
  await drop(ctx, ctx.user);
  const count = await forgetHistory(ctx.tx, ctx.user.id);
  await tell(ctx, ctx.t("mentor-forgotten", { count }));
});
