import type { Duration } from "./catalogue.ts";

/** Share of good updates that is promised over 30 days. */
export const objectives = {
  /** Updates are done: 43 minutes without any, or one failed update in a thousand. */
  errors: 0.999,
  /** They are acknowledged within a second, the number of the alert about p95. */
  slow: 0.95,
} as const;
export type Objective = keyof typeof objectives;

/** Share of bad updates that may be. */
export const budgetOf = (objective: Objective): number => Number((1 - objectives[objective]).toFixed(6));

/** How many times faster than allowed the budget is used up, over a long window and still in a short one. */
export interface Burn {
  readonly factor: number;
  readonly long: Duration;
  readonly short: Duration;
}

/**
 * From the Site Reliability Workbook, chapter 5: a page for 2 % of the budget in an hour or 5 % in six, a ticket for 10 %
 * in one day or in three.
 */
export const burns = {
  page: [
    { factor: 14.4, long: "1h", short: "5m" },
    { factor: 6, long: "6h", short: "30m" },
  ],
  ticket: [
    { factor: 3, long: "1d", short: "2h" },
    { factor: 1, long: "3d", short: "6h" },
  ],
} as const satisfies Record<string, readonly [Burn, Burn]>;

/** Share of bad updates at which the budget is used up so fast. */
export const burnLimit = (objective: Objective, factor: number): number =>
  Number((factor * budgetOf(objective)).toFixed(6));
