/** The order of day, month and year. */
export const orders = ["ymd", "dmy", "mdy"] as const;
export type Order = (typeof orders)[number];

const time =
  "(?:[T,\\s]\\s*(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.,]\\d+)?)?\\s*(am|pm)?\\s*(Z|UTC|[-+]\\d{2}:?\\d{2})?)?";
const yearFirst = new RegExp(`^(\\d{4})([-/.])(\\d{1,2})(?:\\2(\\d{1,2})${time})?$`, "i");
const yearLast = new RegExp(`^(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4}|\\d{2})${time}$`, "i");
const longest = 40;

/** Minutes that a zone is ahead of UTC. */
function offsetOf(zone: string | undefined): number {
  const [, sign, hours, minutes] = /^([-+])(\d{2}):?(\d{2})$/.exec(zone ?? "") ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
}

/** Two digits are of 1970 to 2069. */
const fullYear = (text: string): number =>
  text.length === 4 ? Number(text) : Number(text) + (Number(text) < 70 ? 2000 : 1900);

/**
 * Reads a date, with or without a time: 2026-05-31, 31.05.2026, 5/31/26 14:30, 2026-05. Milliseconds since 1970 as if
 * it were in UTC, unless it names its zone; NaN when it is none, or not in this order.
 */
export function dateIn(text: string, order: Order): number {
  if (text.length > longest || text.length < 6 || !/^\s*\d/.test(text)) return NaN;
  const found = (order === "ymd" ? yearFirst : yearLast).exec(text.trim());
  if (found === null) return NaN;
  const [, first = "", separator, second = "", third, hour, minute, seconds, half, zone] = found;
  // A year and a month with a point between them are a number.
  if (third === undefined && separator === ".") return NaN;
  const [year, month, day] =
    order === "ymd"
      ? [Number(first), Number(second), Number(third ?? 1)]
      : order === "dmy"
        ? [fullYear(third ?? ""), Number(second), Number(first)]
        : [fullYear(third ?? ""), Number(first), Number(second)];
  const hours = half === undefined ? Number(hour ?? 0) : (Number(hour) % 12) + (/pm/i.test(half) ? 12 : 0);
  if (month < 1 || month > 12 || day < 1 || hours > 23 || Number(minute ?? 0) > 59) return NaN;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  // Another month: the day is none of this one.
  if (date.getUTCMonth() !== month - 1) return NaN;
  return date.setUTCHours(hours, Number(minute ?? 0) - offsetOf(zone), Number(seconds ?? 0));
}
