import { parseArgs } from "node:util";
import { CONTROL, fast, rows } from "./rows/all.ts";
import { wholeRows } from "./rows/whole.ts";

export interface Arguments {
  readonly names: readonly string[];
  readonly pace: "quick" | "full";
  readonly seed: number;
  /** Updates a second. */
  readonly rate: number;
  /** A stack of this checkout that runs. @default one of its own, in a copy of the checkout */
  readonly stack: string | undefined;
}

const known = [...Object.keys(rows), CONTROL, ...Object.keys(wholeRows)];

export const usage = `npm run faults -- all|fast|NAME... [--quick] [--seed N] [--rate N] [--stack NAME]

Breaks a stack under load, and says what became of the updates. It brings up one of its own; with --stack it takes one
that runs in this checkout, whose data nobody needs. NAME is one of
${known.join(", ")}.`;

function whole(option: string, text: string, most: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) >= 1 && Number(text) <= most) return Number(text);
  throw new Error(`--${option} must be a whole number from 1 to ${most}\n\n${usage}`);
}

/** Throws an error for people when the arguments make no sense. */
export function readArguments(argv: string[]): Arguments {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      seed: { type: "string", default: String(1 + Math.floor(Math.random() * 999_999)) },
      rate: { type: "string", default: "200" },
      stack: { type: "string" },
    },
  });
  const { stack } = values;
  const sets: Readonly<Record<string, readonly string[]>> = { all: known, fast: [...fast, CONTROL] };
  const [first = ""] = positionals;
  const names = positionals.length === 1 ? (sets[first] ?? positionals) : positionals;
  const unknown = names.filter((name) => !known.includes(name));
  if (names.length === 0) throw new Error(usage);
  if (unknown.length > 0) throw new Error(`there is no row ${unknown.join(", ")}\n\n${usage}`);
  const changing = names.filter((name) => name in wholeRows);
  if (stack !== undefined && changing.length > 0)
    throw new Error(`${changing.join(", ")} would change ${stack}: leave out --stack`);
  return {
    names,
    pace: values.quick || first === "fast" ? "quick" : "full",
    seed: whole("seed", values.seed, 999_999_999),
    rate: whole("rate", values.rate, 2000),
    stack,
  };
}
