import type { Vector } from "./promql.ts";

export type Duration = `${number}${"s" | "m" | "h" | "d"}`;

/** critical wakes somebody, warning makes a ticket, info is only shown, none is the dead man's switch. */
export type Severity = "critical" | "warning" | "info" | "none";
export type Service = "bot" | "postgres" | "redis" | "nginx" | "host" | "kubernetes" | "monitoring";

/** How a value is written for people: 0..1 as per cent, seconds as a duration, anything else as it is. */
export type Unit = "ratio" | "seconds" | "count" | "per second" | "bytes";

/** The number that separates good from bad; alert, panel and text all take it from here. */
export interface Threshold {
  readonly unit: Unit;
  readonly is: "above" | "below";
  readonly value: number;
}

/** promtool's series, 15 s apart: `{ 'up{job="bot"}': "1x10 0x40" }`. */
export type Samples = Readonly<Record<string, string>>;

/** An expression that Prometheus works out at each evaluation and keeps, because alerts and panels ask it often or far back. */
export interface Recording {
  /** level:metric:operation */
  readonly name: `${string}:${string}:${string}`;
  readonly expr: Vector;
  /** Scrape job without which it has no series. @default every stack has them */
  readonly needs?: string;
}

/**
 * A cause that must fire the alert. The condition holds since `from`; the alert must be quiet one
 * evaluation before `from` + `for` and fire at it, with exactly these labels and this summary.
 */
export interface FiringCase {
  readonly when: string;
  readonly samples: Samples;
  readonly from: Duration;
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** A situation in which the alert must stay silent at all of the given times. */
export interface QuietCase {
  readonly when: string;
  readonly samples: Samples;
  readonly at: readonly Duration[];
}

export interface Alert {
  readonly name: string;
  readonly service: Service;
  readonly severity: Severity;
  readonly expr: Vector;
  /** How long the condition must hold without a gap. */
  readonly for: Duration;
  /** How long it goes on firing when the condition is over. @default not at all */
  readonly keepFiringFor?: Duration;
  /** Scrape job without which it has no series, and is left out. @default every stack has them */
  readonly needs?: string;
  /** What is wrong, in one line; may use `{{ $labels.x }}` and `value(unit)`. */
  readonly summary: string;
  /** What it means for users, and where to look first. */
  readonly description: string;
  /** The usual range, so that a reader can tell how bad it is. */
  readonly normal: string;
  readonly threshold?: Threshold;
  /** Labels of the alert where the expression has none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Panel that shows the measured value. */
  readonly panel?: { readonly board: string; readonly key: string };
  /** Alerts that say nothing new while this one fires. */
  readonly inhibits?: readonly string[];
  readonly fires: readonly FiringCase[];
  /** Contains the idle stack, where ratios have no events. */
  readonly quiet: readonly QuietCase[];
}

export interface Query {
  readonly expr: Vector;
  /** Name of a line, with `{{label}}` for its labels; in a table the title of a column. */
  readonly legend: string;
  /** A size or a limit, drawn as a dashed line. */
  readonly limit?: true;
  /** Of a column of a table. @default the panel's, whose threshold colours the column */
  readonly unit?: Unit;
}

/** What a value stands for that is no amount: 1 for up, 2 for an open breaker. */
export interface State {
  readonly value: number;
  readonly text: string;
  readonly is: "good" | "doubtful" | "bad";
}

export interface Panel {
  /** Stable within its board: links and alerts point to it. */
  readonly key: string;
  readonly title: string;
  readonly description: string;
  /** table: a row for each set of labels, a column for each query. states: what held when, as coloured bars. */
  readonly kind: "timeseries" | "stat" | "table" | "states" | "alerts";
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** Drawn as a line, or as the colour of a stat or a cell. */
  readonly threshold?: Threshold;
  /** Words and colours for values that stand for something; needed by the kind states. @default values are amounts */
  readonly states?: readonly State[];
  /** In the grid's 24 columns and rows of 30 px. */
  readonly width: number;
  readonly height: number;
  /** Text instead of a value when there is none. */
  readonly noValue: string;
  /** Why it may be empty on a healthy stack under light load. @default it must not be */
  readonly emptyWhen?: string;
}

/** What happened when, drawn over all timeseries of all boards. */
export interface Annotation {
  readonly key: string;
  readonly title: string;
  /** Has a value for as long as it happens. */
  readonly expr: Vector;
  /** What is said of it, with `{{label}}` for its labels. */
  readonly text: string;
  readonly is: State["is"];
}

export interface Board {
  /** Stable: part of the address, and what alerts refer to. */
  readonly key: string;
  readonly title: string;
  readonly description: string;
  /** Scrape job without which it has nothing to show, and is left out. @default every stack has them */
  readonly needs?: string;
  /** The reader may choose replicas of the bot. */
  readonly replicas?: true;
  readonly rows: readonly Row[];
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
  /** Shown by a click on its title only. */
  readonly collapsed?: true;
}
