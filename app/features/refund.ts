import { Composer, InlineKeyboard } from "grammy";
import { addJob } from "../database/jobs.ts";
import { findPayment, latestPayments, type Payment } from "../database/payments.ts";
import type { BotContext } from "../telegram/context.ts";
import { day, escape } from "../telegram/texts.ts";
import { say } from "./say.ts";

/** Admins give Stars back. Buttons: `refund:<list, ask or yes>:<our id of the payment>`. */
export const refund = new Composer<BotContext>();
const admins = refund.filter(({ admin }) => admin);

/** The latest payments, a button for each. */
async function list(ctx: BotContext): Promise<void> {
  const { t, locale } = ctx;
  const payments = await latestPayments(ctx.tx.query, 10);
  const keyboard = new InlineKeyboard();
  for (const { id, userId, stars, paidAt, refunded } of payments) {
    keyboard
      .text(`${refunded ? "↩️ " : ""}${stars} ⭐ · ${userId} · ${day(locale, paidAt)}`, `refund:ask:${id}`)
      .row();
  }
  await say(ctx, t(payments.length === 0 ? "refund-none" : "refund-choose"), keyboard);
}

async function ask(ctx: BotContext, payment: Payment): Promise<void> {
  const { t, locale } = ctx;
  const values = {
    stars: payment.stars,
    user: payment.userId,
    date: day(locale, payment.paidAt),
    charge: escape(payment.chargeId),
  };
  const keyboard = new InlineKeyboard();
  if (!payment.refunded)
    keyboard.text(t("refund-yes", { stars: payment.stars }), `refund:yes:${payment.id}`).row();
  keyboard.text(t("refund-back"), "refund:list:0");
  await say(ctx, t(payment.refunded ? "refund-done-before" : "refund-ask", values), keyboard);
}

admins.command("refund", async (ctx) => {
  const charge = ctx.match.trim();
  if (charge === "") return list(ctx);
  const payment = await findPayment(ctx.tx.query, charge);
  if (payment === undefined) return say(ctx, ctx.t("refund-unknown"));
  await ask(ctx, payment);
});

admins.callbackQuery(/^refund:(list|ask|yes):(\d{1,15})$/, async (ctx) => {
  const [, step, id] = ctx.match;
  await ctx.answerCallbackQuery();
  const payment = step === "list" ? undefined : await findPayment(ctx.tx.query, Number(id));
  if (payment === undefined) return list(ctx);
  if (step === "ask" || payment.refunded) return ask(ctx, payment);
  await addJob(ctx.tx.query, {
    kind: "refund",
    userId: payment.userId,
    payload: { charge: payment.chargeId, admin: ctx.from.id, locale: ctx.locale },
  });
  await say(ctx, ctx.t("refund-begun"));
});
