import { fieldsText, levels, understand, type Level } from "./log-line.ts";
import { painter } from "./draw.ts";
import type { LogSource, RawLine } from "./site.ts";

export interface Entry {
  readonly source: Pick<LogSource, "name" | "workload">;
  /** Of the line, or of the one before it; `noTime` where no line before said one. */
  readonly time: Date;
  readonly level: Level;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export const noTime = new Date(0);

/** Reads the lines of one log in order: one that says neither time nor level has those of the line before it. */
export function entryReader(source: Entry["source"]): (line: RawLine) => Entry {
  let time = noTime;
  let level: Level = "info";
  return ({ text, time: taken }) => {
    const known = understand(text);
    time = known.time ?? taken ?? time;
    level = known.level ?? (known.time === undefined ? level : "info");
    return { source, time, level, message: known.message, fields: known.fields };
  };
}

/** Those of a level, or of a worse one, not older than that. */
export const isWanted =
  (least: Level, since: Date | undefined) =>
  ({ level, time }: Entry): boolean =>
    levels.indexOf(level) >= levels.indexOf(least) && (since === undefined || time >= since);

/** By time; lines of the same moment, and so those of one log, keep their order. */
export const inOrder = (entries: readonly Entry[]): Entry[] =>
  entries.toSorted((a, b) => a.time.getTime() - b.time.getTime());

/** One JSON object for whoever reads it by program. */
export const entryJson = ({ source, time, level, message, fields }: Entry): string =>
  JSON.stringify({ replica: source.name, time: time.toISOString(), level, msg: message, ...fields });

const PALETTE = [
  "cyan",
  "magenta",
  "green",
  "blue",
  "yellow",
  "cyanBright",
  "magentaBright",
  "greenBright",
] as const;
const STYLES = {
  trace: "dim",
  debug: "dim",
  info: "white",
  warn: "yellow",
  error: "red",
  fatal: "redBright",
} as const satisfies Record<Level, Parameters<ReturnType<typeof painter>>[0]>;

/** Draws entries for people: each replica has a colour of its own, and each day begins with its date. */
export function entryDrawer(colour: boolean): (entry: Entry) => string[] {
  const paint = painter(colour);
  const names: string[] = [];
  let width = 0;
  let day = "";
  return ({ source: { name }, time, level, message, fields }) => {
    if (!names.includes(name)) names.push(name);
    width = Math.max(width, name.length);
    const [date = "", clock = ""] =
      time === noTime ? [day, "-".padEnd(12)] : time.toISOString().slice(0, -1).split("T");
    const { inline, below } = fieldsText(fields);
    const words = [message, inline === "" ? "" : paint("dim", inline)]
      .filter((text) => text !== "")
      .join(" ");
    const head = [
      paint("dim", clock),
      paint(PALETTE[names.indexOf(name) % PALETTE.length] ?? "white", name.padEnd(width)),
      paint(STYLES[level], level.toUpperCase().padEnd(5)),
    ].join(" ");
    const lines = below === "" ? [] : below.split("\n").map((line) => `    ${line}`);
    const begin = date === day ? [] : [paint("dim", `--- ${date} UTC`)];
    day = date;
    return [...begin, `${head} ${words}`, ...lines];
  };
}
