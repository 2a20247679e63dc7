/** A person who uses the bot acts every 3 to 10 s, so 6.5 s on average. */
export const THINK_SECONDS = 6.5;
/** Of all people, so many use the bot at the same time in the hour with the most: one in ten. */
export const PEAK_SHARE = 0.1;
/** The mean of a day is a third of its peak. */
const DAY_SHARE = 1 / 3;
/** Each of those who use the bot uploads one file in an hour. */
const FILES_PER_HOUR = 1;
/** An update is noted for so long, see app/database/receipts.ts. */
const RECEIPT_DAYS = 2;

/** What so many people ask for. */
export interface Demand {
  /** People who use the bot at the same time, at the peak. */
  readonly users: number;
  readonly updatesPerSecond: number;
  readonly filesPerSecond: number;
  /** Rows of the receipts of updates. */
  readonly receipts: number;
}

export function demand(users: number): Demand {
  const rate = users / THINK_SECONDS;
  return {
    users,
    updatesPerSecond: Math.ceil(rate),
    filesPerSecond: (users * FILES_PER_HOUR) / 3600,
    receipts: Math.ceil(rate * DAY_SHARE * 86_400 * RECEIPT_DAYS),
  };
}
