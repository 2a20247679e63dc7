import { isEmpty, type Column } from "./columns.ts";
import { dateIn } from "./dates.ts";
import { numberIn } from "./numbers.ts";
import { Sample } from "./sample.ts";
import { Timeline, type Step } from "./timeline.ts";

/** Columns of each kind that are summed up; more fit neither a message nor a picture. */
const most = 12;
/** Lines that a time axis has. */
const mostLines = 4;
/** Different texts of a column; with more it is no category. */
const mostCategories = 1000;
/** Characters of a category that count. */
const categoryLength = 80;

/** Values of which a sum means nothing are averaged. */
const averaged =
  /%|avg|average|mean|rate|price|percent|share|ratio|temp|score|rating|\bage\b|средн|цена|курс|процент|доля|темп|рейтинг|оценка|возраст/i;

export interface NumberTotals {
  readonly name: string;
  readonly unit: string;
  readonly averaged: boolean;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly sample: Sample;
}

export interface Category {
  readonly value: string;
  readonly count: number;
  /** Of the first column of numbers; 0 without. */
  readonly sum: number;
  /** Records that had a number there. */
  readonly numbers: number;
}

export interface CategoryTotals {
  readonly name: string;
  /** The most frequent first. */
  readonly categories: readonly Category[];
}

export interface Line {
  readonly name: string;
  readonly unit: string;
  /** Whether records of the same time were averaged; undefined when there was one of each. */
  readonly joined: "sum" | "average" | undefined;
  readonly points: readonly (readonly [time: number, value: number])[];
}

export interface TimeTotals {
  readonly name: string;
  readonly step: Step;
  readonly lines: readonly Line[];
}

/** Why a cell is not what its column is. */
export type CellProblem = {
  readonly column: string;
  readonly value: string;
  readonly wanted: "number" | "date";
};

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Of<K extends Column["kind"]> = Extract<Column, { kind: K }>;
interface Placed<K extends Column["kind"]> {
  readonly index: number;
  readonly column: Of<K>;
}

const placed = <K extends Column["kind"]>(columns: readonly Column[], kind: K): Placed<K>[] =>
  columns.flatMap((column, index) => (column.kind === kind ? [{ index, column: column as Of<K> }] : []));

/**
 * A copy of a text on its own. What papaparse gives are views into 64 KB of the file, and a kept view keeps them all in
 * memory.
 */
const detached = (text: string): string => Buffer.from(text).toString();

const timeIn = (cell: string, { order }: Of<"date">): number =>
  order === "year" ? Date.UTC(numberIn(cell, "point")) : dateIn(cell, order);

/** Sums the records of a file up, in memory that does not grow with it. */
export class Totals {
  private readonly numberColumns: readonly Placed<"number">[];
  private readonly dateColumns: readonly Placed<"date">[];
  private readonly textColumns: readonly Placed<"text">[];
  private readonly numbers: Mutable<NumberTotals>[];
  /** Undefined once there are too many different ones. */
  private readonly categories: (Map<string, Mutable<Category>> | undefined)[];
  private readonly timeline: Timeline | undefined;

  constructor(columns: readonly Column[]) {
    this.numberColumns = placed(columns, "number");
    this.dateColumns = placed(columns, "date");
    this.textColumns = placed(columns, "text").slice(0, most);
    this.numbers = this.numberColumns.slice(0, most).map(({ column: { name, unit } }) => ({
      ...{ name, unit, averaged: unit === "%" || averaged.test(name) },
      ...{ count: 0, sum: 0, min: Infinity, max: -Infinity, sample: new Sample() },
    }));
    this.categories = this.textColumns.map(() => new Map());
    const axis = this.dateColumns[0]?.column;
    if (axis !== undefined && this.numbers.length > 0)
      this.timeline = new Timeline(axis.from, axis.to, axis.unit);
  }

  /** Adds a record; returns the first of its cells that is not what its column is. */
  add(row: readonly string[]): CellProblem | undefined {
    let problem: CellProblem | undefined;
    const wrong = (column: string, value: string, wanted: CellProblem["wanted"]): void => {
      if (!isEmpty(value)) problem ??= { column, value: detached(value.slice(0, categoryLength)), wanted };
    };
    const values = this.numberColumns.map(({ index, column }, place) => {
      const cell = row[index] ?? "";
      const value = numberIn(cell, column.convention);
      if (Number.isNaN(value)) wrong(column.name, cell, "number");
      else this.addNumber(place, value);
      return value;
    });
    const [time = NaN] = this.dateColumns.map(({ index, column }) => {
      const cell = row[index] ?? "";
      const at = timeIn(cell, column);
      if (Number.isNaN(at)) wrong(column.name, cell, "date");
      return at;
    });
    if (!Number.isNaN(time)) this.timeline?.add(time, values.slice(0, mostLines));
    for (const [place, { index }] of this.textColumns.entries())
      this.addText(place, row[index] ?? "", values[0] ?? NaN);
    return problem;
  }

  private addNumber(place: number, value: number): void {
    const totals = this.numbers[place];
    if (totals === undefined) return;
    totals.count += 1;
    totals.sum += value;
    totals.min = Math.min(totals.min, value);
    totals.max = Math.max(totals.max, value);
    totals.sample.add(value);
  }

  private addText(place: number, cell: string, measure: number): void {
    const categories = this.categories[place];
    if (categories === undefined || isEmpty(cell)) return;
    const value = cell.trim().slice(0, categoryLength);
    let category = categories.get(value);
    if (category === undefined) {
      if (categories.size === mostCategories) {
        this.categories[place] = undefined;
        return;
      }
      category = { value: detached(value), count: 0, sum: 0, numbers: 0 };
      categories.set(category.value, category);
    }
    category.count += 1;
    if (Number.isNaN(measure)) return;
    category.sum += measure;
    category.numbers += 1;
  }

  numberTotals(): NumberTotals[] {
    return this.numbers.filter(({ count }) => count > 0);
  }

  categoryTotals(): CategoryTotals[] {
    return this.textColumns.flatMap(({ column: { name } }, place) => {
      const categories = [...(this.categories[place]?.values() ?? [])];
      return categories.length === 0
        ? []
        : [{ name, categories: categories.sort((a, b) => b.count - a.count) }];
    });
  }

  timeTotals(): TimeTotals | undefined {
    const axis = this.dateColumns[0]?.column;
    if (this.timeline === undefined || axis === undefined) return undefined;
    const { timeline } = this;
    const lines = this.numbers.slice(0, mostLines).map(({ name, unit, averaged: average }, index) => ({
      ...{ name, unit, points: timeline.series(index, average) },
      joined: timeline.repeats(index) ? (average ? ("average" as const) : ("sum" as const)) : undefined,
    }));
    return { name: axis.name, step: timeline.step, lines };
  }
}
