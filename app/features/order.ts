/** Days of premium that one payment gives. */
export const premiumDays = 30;

/** What an invoice for premium carries; it holds the price, which may change while somebody pays. */
export const premiumPayload = (stars: number): string => `premium:${premiumDays}:${stars}`;

interface Paid {
  readonly currency: string;
  readonly total_amount: number;
  readonly invoice_payload: string;
}

/** What is paid for; undefined when it is nothing that the bot has offered. Only the bot itself writes payloads. */
export function orderOf({ currency, total_amount, invoice_payload }: Paid): { days: number } | undefined {
  const [, days, stars] = /^premium:(\d{1,4}):(\d{1,6})$/.exec(invoice_payload) ?? [];
  return currency === "XTR" && days !== undefined && Number(stars) === total_amount
    ? { days: Number(days) }
    : undefined;
}
