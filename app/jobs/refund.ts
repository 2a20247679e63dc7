import { z } from "zod";
import { callTo, type Call } from "../database/outbox.ts";
import { refundPayment } from "../database/payments.ts";
import { refundedText } from "../features/refunded-text.ts";
import { localeOf, locales, translator, type Locale } from "../telegram/texts.ts";
import { jobKind } from "./job.ts";

const payload = z.object({ charge: z.string(), admin: z.number(), locale: z.enum(locales) });

const message = (chatId: number, text: string): Call => callTo(chatId, "sendMessage", { text });

const failure = (admin: number, locale: Locale, why: string): Call =>
  message(admin, translator(locale)("refund-failed", { why }));

/** Gives Stars back at Telegram, takes the premium back, and tells both the person and the admin who asked for it. */
export const refund = jobKind({
  kind: "refund",
  payload,
  attempts: 8,
  limitSeconds: 30,
  parallel: 1,
  async run({ payload: { charge, admin, locale }, userId, api }) {
    const answer = await api.call(
      "refundStarPayment",
      JSON.stringify({ user_id: userId, telegram_payment_charge_id: charge }),
    );
    // A try before this one may have died between the refund and its note.
    if (!answer.ok && !answer.description.includes("CHARGE_ALREADY_REFUNDED")) {
      const { code, description } = answer;
      if (code !== 400) throw new Error(`${code} ${description}`);
      return () => Promise.resolve([failure(admin, locale, description)]);
    }
    return async (tx) => {
      const refunded = await refundPayment(tx.query, charge);
      const person = localeOf(refunded?.language);
      return [
        // Telegram's own message about the refund may have come first, and told the person.
        ...(refunded?.reachable === true
          ? [message(refunded.userId, refundedText(translator(person), person, refunded))]
          : []),
        message(admin, translator(locale)("refund-done")),
      ];
    };
  },
  gaveUp:
    ({ payload: { admin, locale } }) =>
    () =>
      Promise.resolve([failure(admin, locale, translator(locale)("refund-no-answer"))]),
});
