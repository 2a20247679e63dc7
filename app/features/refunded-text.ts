import type { Refunded } from "../database/payments.ts";
import { day, type Locale, type Translate } from "../telegram/texts.ts";

/** What a person is told of a refund. */
export function refundedText(t: Translate, locale: Locale, { stars, premiumUntil }: Refunded): string {
  const left =
    premiumUntil === null ? t("refunded-free") : t("refunded-premium", { until: day(locale, premiumUntil) });
  return `${t("refunded", { stars })} ${left}`;
}
