import type { Vector } from "./promql.ts";

export type Duration = `${number}${"s" | "m" | "h"}`;

/** critical wakes somebody, warning makes a ticket, info is only shown, none is the dead man's switch. */
export type Severity = "critical" | "warning" | "info" | "none";
export type Service = "bot" | "postgres" | "redis" | "nginx" | "monitoring";

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
  /** Name of a line, with `{{label}}` for its labels. */
  readonly legend: string;
}

export interface Panel {
  /** Stable within its board: links and alerts point to it. */
  readonly key: string;
  readonly title: string;
  readonly description: string;
  readonly kind: "timeseries" | "stat" | "alerts";
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** Drawn as a line or as the stat's colour. */
  readonly threshold?: Threshold;
  /** In the grid's 24 columns and rows of 30 px. */
  readonly width: number;
  readonly height: number;
  /** Text instead of a value when there is none. */
  readonly noValue: string;
}

export interface Board {
  /** Stable: part of the address, and what alerts refer to. */
  readonly key: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly { readonly title: string; readonly panels: readonly Panel[] }[];
}
