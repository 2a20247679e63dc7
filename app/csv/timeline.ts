import type { DateUnit } from "./columns.ts";

/** The steps of a time axis. */
export const steps = ["minute", "hour", "day", "month", "year"] as const;
export type Step = (typeof steps)[number];

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Points that an axis has at most; a phone shows no more. */
const most = 2500;

/** The finest step that has few enough points between two times; none is finer than the dates are. */
export function stepFor(from: number, to: number, unit: DateUnit): Step {
  const span = to - from;
  const timed = unit === "time";
  if (unit === "year") return unit;
  if (timed && span / minute <= most / 10) return "minute";
  if (timed && span / hour <= most / 4) return "hour";
  if (unit !== "month" && span / day <= most) return "day";
  return span / day / 30 <= most ? "month" : "year";
}

/** The beginning of the step that a time is in, in milliseconds since 1970. */
export function startOf(time: number, step: Step): number {
  const date = new Date(time);
  // Date.UTC takes the years before 100 for those of the 20th century, and some programs write 0001-01-01 for no date.
  const first = (month: number): number => new Date(0).setUTCFullYear(date.getUTCFullYear(), month, 1);
  if (step === "year") return first(0);
  if (step === "month") return first(date.getUTCMonth());
  const length = { minute, hour, day }[step];
  return Math.floor(time / length) * length;
}

interface Sum {
  total: number;
  count: number;
}

/** Adds values up by the steps of a time axis. */
export class Timeline {
  readonly step: Step;
  private readonly points = new Map<number, Sum[]>();

  constructor(from: number, to: number, unit: DateUnit) {
    this.step = stepFor(from, to, unit);
  }

  /** NaN where a column has no value. */
  add(time: number, values: readonly number[]): void {
    const start = startOf(time, this.step);
    let sums = this.points.get(start);
    if (sums === undefined) {
      sums = values.map(() => ({ total: 0, count: 0 }));
      this.points.set(start, sums);
    }
    for (const [index, value] of values.entries()) {
      const sum = sums[index];
      if (sum === undefined || Number.isNaN(value)) continue;
      sum.total += value;
      sum.count += 1;
    }
  }

  /** The points of one column in order: sums, or averages. */
  series(index: number, average: boolean): (readonly [time: number, value: number])[] {
    return [...this.points]
      .sort(([a], [b]) => a - b)
      .flatMap(([time, sums]) => {
        const { total, count } = sums[index] ?? { total: 0, count: 0 };
        return count === 0 ? [] : [[time, average ? total / count : total] as const];
      });
  }

  /** Whether several records fell into one step. */
  repeats(index: number): boolean {
    return [...this.points.values()].some((sums) => (sums[index]?.count ?? 0) > 1);
  }
}
