import { z } from "zod";

/** What a chart shows: Unix seconds, both ends included. */
export interface Range {
  readonly from: number;
  readonly to: number;
  /** Seconds between two points. */
  readonly step: number;
}

/** How often the stack's Prometheus reads its targets. */
export const SCRAPE_SECONDS = 15;
const DAY = 86_400;
/** Seconds between two points that make round times. */
const steps = [15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, DAY];

const schema = z
  .object({
    from: z.coerce.number().int().min(0),
    to: z.coerce.number().int(),
    /** How many the chart has room for. */
    points: z.coerce.number().int().min(10).max(2000).default(300),
  })
  .refine(({ from, to }) => to > from, "from must be before to")
  .refine(({ from, to }) => to - from <= 32 * DAY, "at most 32 days can be shown at once");

/**
 * The range of a request, on whole steps, so that points stay where they are from one refresh to the next. No step is
 * shorter than the time between two samples. Throws a ZodError.
 */
export function rangeOf(query: unknown): Range {
  const { from, to, points } = schema.parse(query);
  const wanted = Math.max((to - from) / points, SCRAPE_SECONDS);
  const step = steps.find((one) => one >= wanted) ?? DAY;
  return { from: Math.floor(from / step) * step, to: Math.floor(to / step) * step, step };
}

export const timesOf = ({ from, to, step }: Range): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
