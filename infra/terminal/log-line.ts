import { stripVTControlCharacters } from "node:util";

export const levels = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
export type Level = (typeof levels)[number];

/** A line as it is understood. Both are undefined where the line does not say it: it belongs to the one before it. */
export interface Understood {
  readonly time: Date | undefined;
  readonly level: Level | undefined;
  /** Without time and level where they were in front. */
  readonly message: string;
  /** What else a JSON line has. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Words and signs for levels of the programs of the stack: pino, Go's loggers, Postgres, Redis, nginx. */
const WORDS: Readonly<Record<string, Level>> = {
  ...Object.fromEntries(levels.map((level) => [level, level])),
  warning: "warn",
  notice: "info",
  log: "info",
  detail: "info",
  hint: "info",
  statement: "info",
  crit: "fatal",
  alert: "fatal",
  emerg: "fatal",
  panic: "fatal",
  ".": "debug",
  "-": "info",
  "*": "info",
  "#": "warn",
};

/** A line of text: where its time is, its level, and what is left. Times without a zone are this machine's. */
const FORMS: readonly RegExp[] = [
  // Postgres: 2026-11-22 04:41:24.123 UTC [42] LOG:  checkpoint starting
  /^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [A-Z]{3,5}) \[\d+\](?: \S+)*? (?<level>[A-Z]+):\s+(?<rest>.*)$/,
  // nginx: 2026/11/22 04:41:24 [notice] 42#42: start worker processes
  /^(?<time>\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d) \[(?<level>\w+)\] (?<rest>.*)$/,
  // Redis: 42:M 22 Nov 2026 04:41:24.123 * Ready to accept connections
  /^\d+:[A-Z] (?<time>\d\d \w{3} \d{4} \d\d:\d\d:\d\d\.\d+) (?<level>[.*#-]) (?<rest>.*)$/,
];

const LOGFMT = /(?:^|\s)([\w.]+)=("(?:[^"\\]|\\.)*"|\S*)/g;

function dateOf(text: unknown): Date | undefined {
  const date = typeof text === "string" || typeof text === "number" ? new Date(text) : undefined;
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}

const levelOf = (word: unknown): Level | undefined =>
  typeof word === "string" ? WORDS[word.toLowerCase()] : undefined;

/** What a log holds may come from anybody: nothing of it reaches the terminal as a command. */
const harmless = (text: string): string =>
  // eslint-disable-next-line no-control-regex
  stripVTControlCharacters(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "\u00b7");

function understoodJson(text: string): Understood | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return undefined;
  const { time, level, msg, ...fields }: Record<string, unknown> = { ...parsed };
  return {
    time: dateOf(time),
    level: levelOf(level) ?? "info",
    message: harmless(typeof msg === "string" ? msg : ""),
    fields,
  };
}

/** Go's loggers: ts=2026-11-22T04:41:24.123Z level=info msg="Server is ready" */
function understoodLogfmt(text: string): Understood | undefined {
  if (!/^(ts|time|level)=/.test(text)) return undefined;
  const pairs = [...text.matchAll(LOGFMT)].map(([, key = "", value = ""]): [string, string] => [
    key,
    value.startsWith('"') ? value.slice(1, -1).replaceAll('\\"', '"') : value,
  ]);
  const { ts, time = ts, level, msg = "", ...fields } = Object.fromEntries(pairs);
  return { time: dateOf(time), level: levelOf(level), message: harmless(msg), fields };
}

/** What a line of a log says, whichever program wrote it. */
export function understand(text: string): Understood {
  const known = text.startsWith("{") ? understoodJson(text) : understoodLogfmt(text);
  if (known !== undefined) return known;
  for (const form of FORMS) {
    const groups = form.exec(text)?.groups;
    if (groups === undefined) continue;
    const message = harmless(groups["rest"] ?? "");
    return { time: dateOf(groups["time"]), level: levelOf(groups["level"]) ?? "info", message, fields: {} };
  }
  // The local platform's supervisor: a program ended, or did not.
  const level = text.startsWith("[supervisor] ") ? "warn" : undefined;
  return { time: undefined, level, message: harmless(text), fields: {} };
}

/** The fields of a JSON line in one line, errors with their stack below it. */
export function fieldsText(fields: Readonly<Record<string, unknown>>): { inline: string; below: string } {
  const { err } = fields;
  const words = Object.entries(fields)
    // The replica's name says as much as the last two.
    .filter(([key]) => !["err", "pid", "role"].includes(key))
    .map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  const { stack, message, code } =
    typeof err === "object" && err !== null ? (err as Record<string, unknown>) : {};
  const said = typeof stack === "string" ? stack : typeof message === "string" ? message : "";
  if (typeof code === "string") words.push(`code=${code}`);
  return { inline: harmless(words.join(" ")), below: harmless(said) };
}
