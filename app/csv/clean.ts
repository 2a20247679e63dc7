import { isNumber } from "./numbers.ts";

/** Spreadsheet programs take what begins so for a formula; the wide forms as well. */
const formula = /^[=+\-@\t\r\n＝＋－＠]/;

/**
 * Makes a cell safe to open in a spreadsheet program: one that would be a formula begins with ' and is shown as it is.
 * Numbers stay: -5 is no formula.
 */
export const neutralise = (cell: string): string =>
  formula.test(cell) && cell !== "-" && !isNumber(cell) ? `'${cell}` : cell;

/** A record of a CSV file, with the end of its line. */
export function lineOf(cells: readonly string[], delimiter: string): string {
  const written = cells.map((raw) => {
    const cell = neutralise(raw.trim());
    return /["\n\r]/.test(cell) || cell.includes(delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell;
  });
  return `${written.join(delimiter)}\r\n`;
}
