const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const exactTime = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
});
const thisYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long" });
const otherYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

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
  if (date.toDateString() === now.toDateString()) return "Today";
  if (date.toDateString() === yesterday.toDateString()) return "Yesterday";
  return (date.getFullYear() === now.getFullYear() ? thisYear : otherYear).format(date);
}

/** @param {number} ms */
export function formatDuration(ms) {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.round(ms / 60_000)} min`;
}

/** @param {{first_name: string, last_name?: string}} person */
export const fullName = ({ first_name, last_name }) => [first_name, last_name].filter(Boolean).join(" ");

/** @param {{first_name: string, last_name?: string}} person */
export const initials = ({ first_name, last_name }) =>
  [first_name, last_name]
    .filter(Boolean)
    .map((name) => [...name][0])
    .join("")
    .toUpperCase();
