import { setTimeout as pause } from "node:timers/promises";
import type { PreCheckoutQuery } from "grammy/types";
import type { Database } from "../database/pool.ts";
import { parseUser, selectUser } from "../database/users.ts";
import type { Log } from "../log.ts";
import type { MaintenanceWatch } from "../telegram/maintenance.ts";
import { localeOf, translator, type Locale } from "../telegram/texts.ts";
import { premiumPayload } from "./order.ts";

interface Options {
  readonly database: Pick<Database, "query">;
  /** Price of premium. */
  readonly premiumStars: number;
  readonly maintenance: Pick<MaintenanceWatch, "isOn">;
  readonly log: Log;
}

/** Says before a payment whether it may be made: the call that answers the question. Never throws. */
export type Checkout = (query: PreCheckoutQuery) => Promise<object>;

/** Milliseconds; Telegram waits for 10 s, the way included. */
const PATIENCE_MS = 5000;

/**
 * The answer goes back in the body of the acknowledgement, past the outbox, where it might wait too long behind other
 * messages. It changes nothing, so there is no receipt, and a repeated question is answered again.
 */
export function createCheckout({ database, premiumStars, maintenance, log }: Options): Checkout {
  async function refusal(query: PreCheckoutQuery): Promise<{ locale: Locale; reason: string | undefined }> {
    const { sql, values } = selectUser(query.from.id);
    const [row] = await database.query("payment_check", sql, values);
    const known = row && parseUser(row);
    const locale = known?.user.chosenLanguage ?? localeOf(query.from.language_code);
    if (known === undefined || known.deleted) return { locale, reason: "checkout-unknown" };
    if (await maintenance.isOn()) return { locale, reason: "checkout-unavailable" };
    const offered =
      query.currency === "XTR" &&
      query.total_amount === premiumStars &&
      query.invoice_payload === premiumPayload(premiumStars);
    return { locale, reason: offered ? undefined : "checkout-old" };
  }

  return async (query) => {
    const method = "answerPreCheckoutQuery";
    const answer = { method, pre_checkout_query_id: query.id };
    try {
      const late = pause(PATIENCE_MS, undefined, { ref: false }).then(() =>
        Promise.reject(new Error("the database takes too long")),
      );
      const { locale, reason } = await Promise.race([refusal(query), late]);
      if (reason === undefined) return { ...answer, ok: true };
      return { ...answer, ok: false, error_message: translator(locale)(reason) };
    } catch (error) {
      log.warn({ err: error }, "a payment was refused because it could not be looked at");
      const t = translator(localeOf(query.from.language_code));
      return { ...answer, ok: false, error_message: t("checkout-unavailable") };
    }
  };
}
