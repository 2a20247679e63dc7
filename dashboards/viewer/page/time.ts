/** Unix seconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const seconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const RELATIVE = /^now(?:-(\d+)([smhd]))?$/;

/** What `now-1h` or Unix milliseconds stand for, as Grafana writes them, in Unix seconds. */
export function moment(text: string, now: number): number | undefined {
  const [matched, amount = "0", unit = "s"] = RELATIVE.exec(text) ?? [];
  if (matched !== undefined) return Math.floor(now - Number(amount) * (seconds[unit] ?? 1));
  return /^\d{10,14}$/.test(text) ? Math.floor(Number(text) / 1000) : undefined;
}

/** Whether the span goes on with the clock. */
export const isLive = (to: string): boolean => RELATIVE.test(to);

const pad = (value: number): string => String(value).padStart(2, "0");

/** In the reader's own time zone; the day only where it is needed to tell one from another. */
export function clock(time: number, withDay = false): string {
  const date = new Date(time * 1000);
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} `;
  return `${withDay ? day : ""}${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

export const spanText = ({ from, to }: Span): string =>
  `${clock(from, true)} to ${clock(to, clock(from, true).slice(0, 10) !== clock(to, true).slice(0, 10))}`;

/** "3 min", "2 h 5 min" */
export function duration(total: number): string {
  const rounded = Math.max(0, Math.round(total));
  if (rounded < 60) return `${rounded} s`;
  const minutes = Math.floor(rounded / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** How long ago a moment is, which is given in the form of ISO 8601. */
export const ago = (iso: string): string => duration((Date.now() - Date.parse(iso)) / 1000);
