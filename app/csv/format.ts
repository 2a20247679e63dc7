import type { Locale } from "../telegram/texts.ts";
import type { Step } from "./timeline.ts";

/** Puts a currency or % where the language has it. */
function withUnit(text: string, unit: string, locale: Locale): string {
  if (unit === "") return text;
  if (locale === "ru") return `${text}\u00a0${unit}`;
  if (unit === "%") return `${text}%`;
  if (unit.length > 1) return `${text}\u00a0${unit}`;
  return text.startsWith("-") ? `-${unit}${text.slice(1)}` : `${unit}${text}`;
}

/** A number as people write it in the language, with at most two digits after the point. */
export function formatNumber(value: number, unit: string, locale: Locale): string {
  const size = Math.abs(value);
  const options: Intl.NumberFormatOptions =
    size >= 1e15
      ? { notation: "scientific", maximumFractionDigits: 2 }
      : size !== 0 && size < 0.01
        ? { maximumSignificantDigits: 2 }
        : { maximumFractionDigits: size >= 10_000 ? 0 : 2 };
  return withUnit(new Intl.NumberFormat(locale, options).format(value), unit, locale);
}

/** A number as short as an axis wants it: 1.5M, 1,5 млн. */
export function formatShort(value: number, unit: string, locale: Locale): string {
  const size = Math.abs(value);
  const notation = size >= 1e15 ? "scientific" : size < 10_000 ? "standard" : "compact";
  const digits = notation === "standard" ? 4 : 3;
  const text = new Intl.NumberFormat(locale, { notation, maximumSignificantDigits: digits }).format(value);
  return withUnit(text, unit, locale);
}

const dateOptions: Readonly<Record<Step, Intl.DateTimeFormatOptions>> = {
  minute: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
  hour: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
  day: { day: "numeric", month: "short", year: "numeric" },
  month: { month: "short", year: "numeric" },
  year: { year: "numeric" },
};

/** A time of an axis with such steps. */
export const formatTime = (time: number, step: Step, locale: Locale): string =>
  new Intl.DateTimeFormat(locale, { ...dateOptions[step], timeZone: "UTC", hour12: false })
    .format(time)
    .replace(/ г\./, "");
