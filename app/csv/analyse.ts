import { BadFile } from "./bad-file.ts";
import { lineOf } from "./clean.ts";
import { Guesses, type Column } from "./columns.ts";
import type { Order } from "./dates.ts";
import { encodingOf } from "./encoding.ts";
import { isHeader, namesOf } from "./header.ts";
import { Packer, type Packed } from "./packed.ts";
import { layoutOf, records, type Layout } from "./records.ts";
import type { Source } from "./source.ts";
import {
  Totals,
  type CategoryTotals,
  type CellProblem,
  type NumberTotals,
  type TimeTotals,
} from "./totals.ts";

const mostColumns = 200;
/** Problems that are told one by one. */
const told = 5;

/** What was wrong on a line: the number of its cells, or one of them. */
export type Problem = { readonly line: number } & (
  { readonly cells: number; readonly wanted: number } | CellProblem
);

export interface Analysis {
  readonly layout: Layout;
  readonly hasHeader: boolean;
  readonly columns: readonly Column[];
  /** Records that count. */
  readonly rows: number;
  /** Records that were left out, since they have more or fewer cells than there are columns. */
  readonly skipped: number;
  /** Records with a cell that is not what its column is; the cell does not count. */
  readonly odd: number;
  /** The first of both. */
  readonly problems: readonly Problem[];
  readonly numbers: readonly NumberTotals[];
  readonly categories: readonly CategoryTotals[];
  readonly times: TimeTotals | undefined;
  /** The records that count as a CSV file that is safe to open; undefined when it is too large to be sent. */
  readonly cleaned: Packed | undefined;
}

interface Options {
  readonly source: Source;
  /** How 01/02/2026 is read where nothing in the file decides. */
  readonly order: Order;
  /** The name of a column that has none, by its number from 1. */
  readonly unnamed: (number: number) => string;
  /** Told after each piece which part of the work is done, from 0 to 1. */
  readonly progress: (share: number) => void;
}

/** Cells after the last column that hold nothing are no cells: some programs end every line with a delimiter. */
const fits = (row: readonly string[], width: number): boolean =>
  row.length === width || (row.length > width && row.slice(width).every((cell) => cell.trim() === ""));

/**
 * Reads a CSV file twice: to see what its columns are, and to sum them up and write it anew. Throws BadFile when
 * it cannot be read.
 */
export async function analyse({ source, order, unnamed, progress }: Options): Promise<Analysis> {
  const layout = layoutOf(source, encodingOf(source));

  let hasHeader = false;
  let names: string[] | undefined;
  let guesses: Guesses | undefined;
  let rows = 0;
  let skipped = 0;
  const problems: Problem[] = [];
  const note = (problem: Problem): void => {
    if (problems.length < told) problems.push(problem);
  };

  for (const batch of records(source, layout)) {
    for (const [index, row] of batch.rows.entries()) {
      const line = batch.lines[index] ?? 0;
      if (names === undefined || guesses === undefined) {
        if (row.length > mostColumns)
          throw new BadFile("csv-bad-columns", { line, columns: row.length, max: mostColumns });
        hasHeader = isHeader(row);
        names = namesOf(hasHeader ? row : row.map(() => ""), unnamed);
        guesses = new Guesses(names);
        if (hasHeader) continue;
      }
      if (fits(row, names.length)) {
        rows += 1;
        guesses.add(row);
      } else {
        skipped += 1;
        note({ line, cells: row.length, wanted: names.length });
      }
    }
    progress(batch.read / source.size / 2);
  }
  if (names === undefined || guesses === undefined) throw new BadFile("csv-bad-empty");
  const [first] = problems;
  if (first !== undefined && "cells" in first && skipped > rows)
    throw new BadFile("csv-bad-cells", { line: first.line, cells: first.cells, wanted: first.wanted });
  if (rows === 0) throw new BadFile("csv-bad-header-only");

  const { delimiter } = layout;
  const columns = guesses.decide(delimiter, order);
  const totals = new Totals(columns);
  const packer = new Packer();
  let odd = 0;
  try {
    packer.add(`\ufeff${lineOf(names, delimiter)}`);
    let headerLeft = hasHeader;
    for (const batch of records(source, layout)) {
      for (const [index, row] of batch.rows.entries()) {
        if (headerLeft || !fits(row, names.length)) {
          headerLeft = false;
          continue;
        }
        packer.add(lineOf(row.slice(0, names.length), delimiter));
        const problem = totals.add(row);
        if (problem === undefined) continue;
        odd += 1;
        note({ line: batch.lines[index] ?? 0, ...problem });
      }
      await packer.flush();
      progress(0.5 + batch.read / source.size / 2);
    }
    const cleaned = await packer.end();
    return {
      ...{ layout, hasHeader, columns, rows, skipped, odd, cleaned },
      problems: problems.sort((a, b) => a.line - b.line),
      numbers: totals.numberTotals(),
      categories: totals.categoryTotals(),
      times: totals.timeTotals(),
    };
  } finally {
    packer.drop();
  }
}
