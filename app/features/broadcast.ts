import { Composer, InlineKeyboard } from "grammy";
import {
  audiences,
  chooseAudience,
  countAudiences,
  draftBroadcast,
  dropDraft,
  endBroadcast,
  giveMessage,
  runningBroadcast,
  startBroadcast,
} from "../database/broadcasts.ts";
import { addJob } from "../database/jobs.ts";
import type { BotContext } from "../telegram/context.ts";
import { broadcastStatus } from "./broadcast-text.ts";
import { messageOptions, say } from "./say.ts";

/**
 * Admins write to many people. Buttons: `broadcast:new`, `broadcast:cancel`, `broadcast:to:<id>:<audience>`,
 * `broadcast:start:<id>`, `broadcast:stop:<id>`.
 */
export const broadcast = new Composer<BotContext>();
const admins = broadcast.filter(({ admin }) => admin);

const cancel = (ctx: BotContext, keyboard = new InlineKeyboard()): InlineKeyboard =>
  keyboard.row().text(ctx.t("button-cancel"), "broadcast:cancel");

/** Asks for the message, unless a broadcast runs. */
async function begin(ctx: BotContext, adminId: number): Promise<void> {
  const running = await runningBroadcast(ctx.tx.query);
  if (running !== undefined) {
    const { text, keyboard } = broadcastStatus(ctx.t, running);
    return say(ctx, text, keyboard);
  }
  await draftBroadcast(ctx.tx.query, adminId, null);
  await say(ctx, ctx.t("broadcast-ask"), cancel(ctx));
}

async function askAudience(ctx: BotContext, id: number): Promise<void> {
  const counts = await countAudiences(ctx.tx.query);
  const keyboard = new InlineKeyboard();
  for (const [index, audience] of audiences.entries()) {
    keyboard.text(`${ctx.t(`audience-${audience}`)} · ${counts[audience]}`, `broadcast:to:${id}:${audience}`);
    if (index % 2 === 0) keyboard.row();
  }
  await say(ctx, ctx.t("broadcast-audience"), cancel(ctx, keyboard));
}

admins.command("broadcast", async (ctx) => {
  const { from, message } = ctx;
  if (from === undefined || message === undefined) return;
  const chosen = message.reply_to_message;
  if (chosen === undefined || (await runningBroadcast(ctx.tx.query)) !== undefined)
    return begin(ctx, from.id);
  await askAudience(ctx, await draftBroadcast(ctx.tx.query, from.id, chosen.message_id));
});

admins.command("cancel", async (ctx, next) => {
  if (ctx.from !== undefined && (await dropDraft(ctx.tx.query, ctx.from.id)))
    await say(ctx, ctx.t("cancelled"));
  else await next();
});

admins.on("message", async (ctx, next) => {
  if (ctx.message.text?.startsWith("/") === true) return next();
  const id = await giveMessage(ctx.tx.query, ctx.from.id, ctx.message.message_id);
  if (id === undefined) await next();
  else await askAudience(ctx, id);
});

admins.callbackQuery("broadcast:new", async (ctx) => {
  await ctx.answerCallbackQuery();
  await begin(ctx, ctx.from.id);
});

admins.callbackQuery("broadcast:cancel", async (ctx) => {
  await dropDraft(ctx.tx.query, ctx.from.id);
  await ctx.answerCallbackQuery();
  await say(ctx, ctx.t("cancelled"));
});

admins.callbackQuery(/^broadcast:to:(\d{1,15}):(\w+)$/, async (ctx, next) => {
  const { t, tx, from } = ctx;
  const audience = audiences.find((known) => known === ctx.match[2]);
  const draft = audience && (await chooseAudience(tx.query, Number(ctx.match[1]), from.id, audience));
  if (audience === undefined || draft?.messageId == null) return next();
  await ctx.answerCallbackQuery();
  const people = (await countAudiences(tx.query))[audience];
  const keyboard = new InlineKeyboard();
  if (people > 0) keyboard.text(t("broadcast-start", { people }), `broadcast:start:${draft.id}`);
  // What people will get, and the question below it.
  await ctx.api.copyMessage(from.id, from.id, draft.messageId);
  const text = t("broadcast-preview", { audience: t(`audience-${audience}`), people });
  await ctx.reply(text, messageOptions(cancel(ctx, keyboard)));
});

admins.callbackQuery(/^broadcast:start:(\d{1,15})$/, async (ctx, next) => {
  const { t, tx, from, callbackQuery } = ctx;
  if ((await runningBroadcast(tx.query)) !== undefined)
    return ctx.answerCallbackQuery({ text: t("broadcast-one-at-a-time"), show_alert: true });
  const status = callbackQuery.message?.message_id ?? 0;
  const started = await startBroadcast(tx.query, Number(ctx.match[1]), from.id, status);
  if (started === undefined) return next();
  await addJob(tx.query, { kind: "broadcast", payload: { id: started.id, locale: ctx.locale } });
  await ctx.answerCallbackQuery();
  const { text, keyboard } = broadcastStatus(t, started);
  await say(ctx, text, keyboard);
});

admins.callbackQuery(/^broadcast:stop:(\d{1,15})$/, async (ctx, next) => {
  const stopped = await endBroadcast(ctx.tx.query, Number(ctx.match[1]), "stopped");
  if (stopped === undefined) return next();
  await ctx.answerCallbackQuery();
  const { text, keyboard } = broadcastStatus(ctx.t, stopped);
  await say(ctx, text, keyboard);
});
