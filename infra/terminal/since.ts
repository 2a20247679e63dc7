const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** "10m" before now, or a time in ISO 8601. Throws with what is expected. */
export function since(text: string, now: Date): Date {
  const [, digits, unit = ""] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const factor = SECONDS[unit];
  if (digits !== undefined && factor !== undefined)
    return new Date(now.getTime() - Number(digits) * factor * 1000);
  const date = /^\d{4}-/.test(text) ? new Date(text) : undefined;
  if (date !== undefined && !Number.isNaN(date.getTime())) return date;
  throw new Error("--since is a time ago such as 30s, 10m, 2h or 1d, or a date such as 2026-11-22T04:00:00Z");
}
