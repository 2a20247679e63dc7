import { dateIn, orders, type Order } from "./dates.ts";
import { numberIn, unitOf, type Convention } from "./numbers.ts";
import { startOf } from "./timeline.ts";

export type DateUnit = "time" | "day" | "month" | "year";

/** What stands in a column. */
export type Column = { readonly name: string; readonly filled: number } & (
  | { readonly kind: "number"; readonly convention: Convention; readonly unit: string }
  | {
      readonly kind: "date";
      /** "year": plain numbers. */
      readonly order: Order | "year";
      /** Milliseconds since 1970. */
      readonly from: number;
      readonly to: number;
      /** What the dates are of, at the finest. */
      readonly unit: DateUnit;
    }
  /** Texts, or numbers that name something: 00123, id. */
  | { readonly kind: "text" }
  | { readonly kind: "empty" }
);

/** What people and programs write for nothing. */
const nothing = new Set(["", "-", "–", "—", "n/a", "na", "#n/a", "null", "none", "nan", "nil", "нет", "н/д"]);
export const isEmpty = (cell: string): boolean =>
  cell === "" || (cell.length <= 8 && nothing.has(cell.trim().toLowerCase()));

/** So large a share of the cells has to be of a kind; the others are told of. */
const share = 0.8;
/** Cells of a column that its unit is looked for in. */
const unitCells = 100;
const code = /(^|[\s_.-])(id|no|code|zip|phone|inn|код|номер|№|индекс|телефон|инн|артикул)$/i;
const yearFirst: readonly Order[] = ["ymd"];
const yearLast: readonly Order[] = ["dmy", "mdy"];
const yearName = /^(year|years|год|года|годы)$/i;

interface Dates {
  count: number;
  from: number;
  to: number;
  units: Record<Exclude<DateUnit, "year">, boolean>;
}

const unitOfDates = ({ from, to, units }: Dates): DateUnit => {
  if (units.time) return "time";
  // A single day may well be the first of a month.
  if (units.day || from === to) return "day";
  return units.month ? "month" : "year";
};

/** Counts what the cells of a column could be. */
class Guess {
  readonly name: string;
  filled = 0;
  readonly numbers: Record<Convention, number> = { point: 0, comma: 0 };
  private readonly dates: Record<Order, Dates>;
  /** Whether a cell is another number in the other convention. */
  private ambiguous = false;
  private years = true;
  private firstYear = Infinity;
  private lastYear = -Infinity;
  private units = new Map<string, number>();

  constructor(name: string) {
    this.name = name;
    const none = (): Dates => ({
      ...{ count: 0, from: Infinity, to: -Infinity },
      units: { time: false, day: false, month: false },
    });
    this.dates = { ymd: none(), dmy: none(), mdy: none() };
  }

  add(cell: string): void {
    if (isEmpty(cell)) return;
    this.filled += 1;
    const point = numberIn(cell, "point");
    const comma = numberIn(cell, "comma");
    if (!Number.isNaN(point)) this.numbers.point += 1;
    if (!Number.isNaN(comma)) this.numbers.comma += 1;
    if (Number.isNaN(point) && Number.isNaN(comma)) {
      this.years = false;
      const possible = /^\s*\d{4}/.test(cell) ? yearFirst : yearLast;
      for (const order of possible) this.addDate(cell, order);
    } else {
      this.ambiguous ||= point !== comma && !Number.isNaN(point) && !Number.isNaN(comma);
      this.years &&= Number.isInteger(point) && point >= 1000 && point <= 2999;
      this.firstYear = Math.min(this.firstYear, point);
      this.lastYear = Math.max(this.lastYear, point);
      if (this.filled <= unitCells) {
        const unit = unitOf(cell);
        this.units.set(unit, (this.units.get(unit) ?? 0) + 1);
      }
    }
  }

  private addDate(cell: string, order: Order): void {
    const at = dateIn(cell, order);
    if (Number.isNaN(at)) return;
    const dates = this.dates[order];
    dates.count += 1;
    dates.from = Math.min(dates.from, at);
    dates.to = Math.max(dates.to, at);
    dates.units.time ||= at !== startOf(at, "day");
    dates.units.day ||= at !== startOf(at, "month");
    dates.units.month ||= at !== startOf(at, "year");
  }

  /** `convention` and `order` decide where the column itself does not. */
  decide(convention: Convention, order: Order): Column {
    const { name, filled, numbers } = this;
    if (filled === 0) return { name, filled, kind: "empty" };
    const best = Math.max(...orders.map((one) => this.dates[one].count));
    if (best >= filled * share) {
      const preferred = this.dates[order].count === best ? order : undefined;
      const chosen = preferred ?? orders.find((one) => this.dates[one].count === best) ?? order;
      const { from, to } = this.dates[chosen];
      return { name, filled, kind: "date", order: chosen, from, to, unit: unitOfDates(this.dates[chosen]) };
    }
    if (Math.max(numbers.point, numbers.comma) < filled * share || code.test(name))
      return { name, filled, kind: "text" };
    if (this.years && yearName.test(name)) {
      const [from, to] = [Date.UTC(this.firstYear), Date.UTC(this.lastYear)];
      return { name, filled, kind: "date", order: "year", from, to, unit: "year" };
    }
    const usual = this.ambiguous ? convention : "point";
    const own = numbers.point === numbers.comma ? usual : ownConvention(numbers);
    const [unit = ""] = [...this.units].sort(([, a], [, b]) => b - a)[0] ?? [];
    return { name, filled, kind: "number", convention: own, unit };
  }
}

const ownConvention = ({ point, comma }: Record<Convention, number>): Convention =>
  point > comma ? "point" : "comma";

/** Looks at all cells of a file to tell what its columns are. */
export class Guesses {
  private readonly guesses: readonly Guess[];
  constructor(names: readonly string[]) {
    this.guesses = names.map((name) => new Guess(name));
  }

  add(row: readonly string[]): void {
    for (const [index, guess] of this.guesses.entries()) guess.add(row[index] ?? "");
  }

  /**
   * Decides by column; where 1,234 or 01/02/2026 could be read in two ways, by the other columns, then by the
   * delimiter (";" goes with a comma before the fraction) and by `order`.
   */
  decide(delimiter: string, order: Order): Column[] {
    const sum = (convention: Convention): number =>
      this.guesses.reduce((all, { numbers }) => all + numbers[convention], 0);
    const votes = { point: sum("point"), comma: sum("comma") };
    const usual = delimiter === ";" ? "comma" : "point";
    const convention = votes.point === votes.comma ? usual : ownConvention(votes);
    return this.guesses.map((guess) => guess.decide(convention, order));
  }
}
