import type { TimeTotals } from "./totals.ts";
import { startOf, type Step } from "./timeline.ts";

const hour = 3_600_000;
const day = 24 * hour;

/** What the last part of a time axis is compared with: as much time before it. */
export interface Trend {
  readonly key:
    "csv-trend-hours" | "csv-trend-week" | "csv-trend-days" | "csv-trend-month" | "csv-trend-year";
  /** 0.12 is 12 % more than before. */
  readonly change: number;
}

interface Periods {
  readonly key: Trend["key"];
  /** When the last period begins, and the one before it. */
  readonly last: number;
  readonly before: number;
}

/** The longest of the usual periods that an axis has twice. */
function periodsOf(from: number, to: number, step: Step): Periods | undefined {
  if (step === "month" || step === "year") {
    const last = startOf(to, step);
    return { key: `csv-trend-${step}`, last, before: startOf(last - day, step) };
  }
  const end = to + (step === "day" ? day : hour);
  const back = (key: Trend["key"], length: number): Periods => ({
    ...{ key, last: end - length, before: end - 2 * length },
  });
  if (end - from >= 60 * day) return back("csv-trend-days", 30 * day);
  if (end - from >= 14 * day) return back("csv-trend-week", 7 * day);
  return step !== "day" && end - from >= 2 * day ? back("csv-trend-hours", day) : undefined;
}

/** How the first line of a time axis went on lately; undefined when there is nothing to compare. */
export function trendOf({ step, lines }: TimeTotals): Trend | undefined {
  const points = lines[0]?.points ?? [];
  const [from = NaN, to = NaN] = [points[0]?.[0], points.at(-1)?.[0]];
  const periods = periodsOf(from, to, step);
  if (periods === undefined) return undefined;
  const { key, last, before } = periods;
  const mean = (since: number, until: number): number => {
    const values = points.filter(([time]) => time >= since && time < until).map(([, value]) => value);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  const [old, now] = [mean(before, last), mean(last, Infinity)];
  const change = now / old - 1;
  // Percent say nothing across zero.
  return Number.isFinite(change) && old > 0 && now >= 0 ? { key, change } : undefined;
}
