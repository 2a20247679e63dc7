import { Composer, InlineKeyboard } from "grammy";
import { addPayment, latestPayments, refundPayment } from "../database/payments.ts";
import type { User } from "../database/users.ts";
import { limitsOf } from "../plans.ts";
import type { BotContext } from "../telegram/context.ts";
import { addressOf, day, escape, shorten } from "../telegram/texts.ts";
import { orderOf, premiumDays, premiumPayload } from "./order.ts";
import { refundedText } from "./refunded-text.ts";
import { say } from "./say.ts";

/** What premium gives, buying it, and what came of a payment. Buttons: `premium`, `premium:buy`. */
export const premium = new Composer<BotContext>();

async function show(ctx: BotContext, user: User): Promise<void> {
  const { t, premiumStars } = ctx;
  const [row] = await ctx.tx.query<{ premium_until: Date | null }>(
    "payment_list",
    "SELECT premium_until FROM users WHERE id = $1",
    [user.id],
  );
  const until = row?.premium_until;
  const active = user.plan === "premium" && until != null;
  const { questionsPerDay, requestsFactor, teamSize, openInvitations, keptResults } = limitsOf("premium");
  const free = limitsOf("free");
  const gives = t("premium-gives", {
    questions: questionsPerDay,
    freeQuestions: free.questionsPerDay,
    team: teamSize,
    freeTeam: free.teamSize,
    invitations: openInvitations,
    freeInvitations: free.openInvitations,
    results: keptResults,
    freeResults: free.keptResults,
    factor: requestsFactor,
  });
  const plan = active ? t("premium-active", { until: day(ctx.locale, until) }) : t("premium-free");
  const label = t(active ? "premium-extend" : "premium-buy", { days: premiumDays, stars: premiumStars });
  const keyboard = new InlineKeyboard().text(label, "premium:buy");
  await say(ctx, `${t("premium-title")}\n\n${plan}\n\n${gives}\n\n${t("premium-questions")}`, keyboard);
}

premium.command("premium", async (ctx, next) => {
  if (ctx.user === undefined) await next();
  else await show(ctx, ctx.user);
});

premium.callbackQuery("premium", async (ctx, next) => {
  if (ctx.user === undefined) return next();
  await ctx.answerCallbackQuery();
  await show(ctx, ctx.user);
});

premium.callbackQuery("premium:buy", async (ctx, next) => {
  if (ctx.user === undefined) return next();
  const { t, premiumStars } = ctx;
  await ctx.answerCallbackQuery();
  await ctx.replyWithInvoice(
    t("invoice-title"),
    t("invoice-description", { days: premiumDays }),
    premiumPayload(premiumStars),
    "XTR",
    [{ label: t("invoice-title"), amount: premiumStars }],
    // With it, a forwarded invoice opens the chat with the bot instead of asking somebody else to pay.
    { start_parameter: "premium" },
  );
});

premium.on("message:successful_payment", async (ctx) => {
  const { t, log, from } = ctx;
  const paid = ctx.message.successful_payment;
  const until = await addPayment(ctx.tx.query, {
    chargeId: paid.telegram_payment_charge_id,
    userId: from.id,
    stars: paid.total_amount,
    days: orderOf(paid)?.days ?? 0,
  });
  if (until === undefined) return;
  if (until === null) {
    log.error(
      { charge: paid.telegram_payment_charge_id, amount: paid.total_amount, currency: paid.currency },
      "a payment for nothing that is offered, or of somebody unknown: look at it, and refund it",
    );
    return say(ctx, t("payment-strange"));
  }
  const menu = new InlineKeyboard().text(t("menu-search"), "search:a:0:").text(t("menu-profile"), "profile");
  await say(ctx, t("payment-thanks", { until: day(ctx.locale, until) }), menu);
});

premium.on("message:refunded_payment", async (ctx) => {
  const charge = ctx.message.refunded_payment.telegram_payment_charge_id;
  const refunded = await refundPayment(ctx.tx.query, charge);
  // Our own refund has told the person already.
  if (refunded !== undefined) await say(ctx, refundedText(ctx.t, ctx.locale, refunded));
});

premium.command("terms", (ctx) => say(ctx, ctx.t("terms", { days: premiumDays })));

premium.command("paysupport", async (ctx) => {
  const { t, from, match, admins } = ctx;
  if (from === undefined) return;
  const question = match.trim();
  if (question === "") return say(ctx, t("paysupport"));
  const payments = await latestPayments(ctx.tx.query, 3, from.id);
  const text = [
    t("paysupport-admin", {
      name: escape(from.first_name),
      link: addressOf(from),
      question: escape(shorten(question, 2000)),
    }),
    ...payments.map(
      (one) => `${one.stars} ⭐ · ${day(ctx.locale, one.paidAt)}\n<code>/refund ${one.chargeId}</code>`,
    ),
  ].join("\n\n");
  for (const admin of admins) await ctx.api.sendMessage(admin, text, { parse_mode: "HTML" });
  await say(ctx, t("paysupport-passed-on"));
});
