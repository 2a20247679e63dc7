import { language, t } from "./texts.js";

const time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const exactTime = new Intl.DateTimeFormat(language, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
});
const thisYear = new Intl.DateTimeFormat(language, { day: "numeric", month: "long" });
const otherYear = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric" });
const full = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "medium" });

/** @param {number} seconds Unix time */
export const formatTime = (seconds) => time.format(seconds * 1000);
/** @param {number} seconds Unix time */
export const formatFull = (seconds) => full.format(seconds * 1000);
/** @param {number} ms since the epoch */
export const formatExact = (ms) => exactTime.format(ms);

/** @param {number} seconds Unix time */
export function formatDay(seconds) {
  const date = new Date(seconds * 1000);
  const now = new Date();
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (date.toDateString() === now.toDateString()) return t("today");
  if (date.toDateString() === yesterday.toDateString()) return t("yesterday");
  return (date.getFullYear() === now.getFullYear() ? thisYear : otherYear).format(date);
}

const unit = (value, name, digits) =>
  new Intl.NumberFormat(language, {
    style: "unit",
    unit: name,
    unitDisplay: "short",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);

/** @param {number} ms */
export function formatDuration(ms) {
  if (ms < 10) return unit(ms, "millisecond", 1);
  if (ms < 1000) return unit(ms, "millisecond", 0);
  if (ms < 60_000) return unit(ms / 1000, "second", 1).replace(" sec", " s");
  return unit(ms / 60_000, "minute", 0);
}

/** @param {number} bytes */
export function formatSize(bytes) {
  if (bytes < 1000) return `${bytes} ${t("bytes")}`;
  if (bytes < 1_000_000) return unit(bytes / 1000, "kilobyte", 0);
  return unit(bytes / 1_000_000, "megabyte", 1);
}

/** @param {{first_name: string, last_name?: string}} person */
export const fullName = ({ first_name, last_name }) => [first_name, last_name].filter(Boolean).join(" ");

/** @param {string} name */
export const initials = (name) =>
  name
    .split(" ")
    .filter(Boolean)
    .slice(0, 2)
    .map((word) => [...word][0])
    .join("")
    .toUpperCase();
