import Papa from "papaparse";
import { BadFile } from "./bad-file.ts";
import { decode, type Encoding } from "./encoding.ts";
import type { Source } from "./source.ts";

/** How the text of a file is to be read. */
export interface Layout {
  readonly encoding: Encoding;
  readonly delimiter: string;
}

/** Records that came together. */
export interface Batch {
  readonly rows: readonly (readonly string[])[];
  /** Line on which each begins, from 1. */
  readonly lines: readonly number[];
  /** Bytes read so far. */
  readonly read: number;
}

/** Characters of a record at most; also what an open quote may swallow before it is noticed. */
const longest = 256 * 1024;

const delimiters = [",", ";", "\t", "|"];

/** Excel's own way to name the delimiter: a first line like `sep=;`. */
const named = /^sep=(.)\n/;

/** Recognises how a file is to be read. Throws BadFile when it is no text or has none. */
export function layoutOf(source: Source, encoding: Encoding): Layout {
  let head = "";
  for (const { text } of decode(source, encoding)) {
    head += text;
    if (head.length >= longest) break;
  }
  if (head.trim() === "") throw new BadFile("csv-bad-empty");
  const [, delimiter] = named.exec(head) ?? [];
  if (delimiter !== undefined) return { encoding, delimiter };
  const { meta, errors } = Papa.parse<string[]>(head.slice(0, head.lastIndexOf("\n") + 1) || head, {
    preview: 100,
    skipEmptyLines: true,
    delimitersToGuess: delimiters,
  });
  // It gives up when lines are broken.
  const lost = errors.some(({ code }) => code === "UndetectableDelimiter");
  return { encoding, delimiter: lost ? mostFrequent(head.trim().split("\n", 1)[0] ?? "") : meta.delimiter };
}

const mostFrequent = (line: string): string =>
  delimiters.reduce((best, one) => (count(line, one) > count(line, best) ? one : best));

const count = (text: string, what: string): number => text.split(what).length - 1;

/** The part of papaparse that reads one text, and leaves a last record alone that may go on. */
interface Parsed {
  readonly data: string[][];
  readonly errors: readonly { readonly code: string }[];
  readonly meta: { readonly cursor: number };
}

/**
 * Reads the records of a file, blank lines left out, piece by piece. Throws BadFile with the line on which the text
 * goes wrong.
 */
export function* records(source: Source, { encoding, delimiter }: Layout): Generator<Batch> {
  const parser = new Papa.Parser({ delimiter, newline: "\n", quoteChar: '"' });
  let pending = "";
  let line = 1;
  let first = true;

  const batch = (text: string, last: boolean, read: number): Batch => {
    const nul = text.indexOf("\0");
    if (nul >= 0) throw new BadFile("csv-bad-nul", { line: line + count(text.slice(0, nul), "\n") });
    const { data, errors, meta } = parser.parse(text, 0, !last) as Parsed;
    if (last && errors.some(({ code }) => code === "MissingQuotes"))
      throw new BadFile("csv-bad-quote", { line });
    pending = text.slice(meta.cursor);
    const rows: string[][] = [];
    const lines: number[] = [];
    const plain = count(text.slice(0, meta.cursor), "\n") <= data.length;
    for (const row of data) {
      if (row.length > 1 || row[0]?.trim() !== "") {
        rows.push(row);
        lines.push(line);
      }
      line += plain ? 1 : row.reduce((sum, cell) => sum + count(cell, "\n"), 1);
    }
    if (pending.length > longest) {
      throw new BadFile(pending.includes('"') ? "csv-bad-quote" : "csv-bad-long", { line });
    }
    return { rows, lines, read };
  };

  for (const { text, read } of decode(source, encoding)) {
    let all = pending + text;
    if (first && named.test(all)) {
      all = all.replace(named, "");
      line += 1;
    }
    first &&= all === "";
    yield batch(all, false, read);
  }
  yield batch(pending, true, source.size);
}
