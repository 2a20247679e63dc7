import { dateIn, orders } from "./dates.ts";
import { isNumber } from "./numbers.ts";

/** Whether a cell is a value rather than the name of a column. Years may be either. */
const isValue = (cell: string): boolean =>
  orders.some((order) => !Number.isNaN(dateIn(cell, order))) ||
  (isNumber(cell) && !/^(19|20)\d\d$/.test(cell.trim()));

/** Whether the first record names the columns: none of its cells is a value. */
export const isHeader = (row: readonly string[]): boolean => !row.some(isValue);

/** Names of columns: each once, none empty. `unnamed` makes one of the number of a column, from 1. */
export function namesOf(row: readonly string[], unnamed: (number: number) => string): string[] {
  const taken = new Set<string>();
  return row.map((cell, index) => {
    const base = cell.replace(/\s+/g, " ").trim() || unnamed(index + 1);
    let name = base;
    for (let again = 2; taken.has(name); again += 1) name = `${base} (${again})`;
    taken.add(name);
    return name;
  });
}
