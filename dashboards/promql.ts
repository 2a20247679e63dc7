import { metricList, type MetricName } from "../app/metrics.ts";
import { exporters } from "./alerts/exporters.ts";
import type { Recording, Threshold } from "./catalogue.ts";

/**
 * PromQL from typed parts. A metric that nothing exports does not compile; a label that its metric does not
 * have throws while the catalogue is loaded, so neither can reach a running Prometheus.
 */

type Exporters = typeof exporters;
type ExporterSeries = { [E in keyof Exporters]: keyof Exporters[E] }[keyof Exporters];
/** A plain series, or a histogram's name, which stands for its `_bucket`, `_sum` and `_count`. */
export type Metric = MetricName | ExporterSeries;
/** The name of a histogram, without what its series end in. */
type Histogram =
  MetricName | (ExporterSeries extends infer S ? (S extends `${infer Name}_bucket` ? Name : never) : never);
type Series = Metric | `${MetricName}_bucket` | `${MetricName}_sum` | `${MetricName}_count`;

export type Window = `${number}${"s" | "m" | "h" | "d"}` | "$__rate_interval";

/** An expression together with the labels of its result, by which it may be combined with others. */
export interface Vector {
  readonly text: string;
  readonly labels: readonly string[];
  /** Other operators need brackets around it. */
  readonly compound: boolean;
}

/** A vector that is a bare selector, the only thing that a range can be taken of. */
export interface Selector extends Vector {
  readonly selects: Series | Recording["name"];
}

/** Of every target; `stack` is the name of the stack. */
const targetLabels = ["job", "instance", "stack"];
const botLabels = [...targetLabels, "role", "replica"];

/** Every series that may be named, with its labels. */
export const seriesLabels: ReadonlyMap<string, readonly string[]> = new Map([
  ...metricList.flatMap(({ name, type, labelNames }): [string, string[]][] => {
    const labels = [...botLabels, ...labelNames];
    if (type !== "histogram") return [[name, labels]];
    return [
      [`${name}_bucket`, [...labels, "le"]],
      [`${name}_sum`, labels],
      [`${name}_count`, labels],
    ];
  }),
  ...Object.values(exporters).flatMap((group) =>
    Object.entries<readonly string[]>(group).map(([name, labels]): [string, string[]] => [
      name,
      [...botLabels, ...labels],
    ]),
  ),
]);

function requireLabels(what: string, wanted: readonly string[], present: readonly string[]): void {
  const missing = wanted.filter((label) => !present.includes(label));
  if (missing.length > 0) {
    throw new Error(`${what} has no label ${missing.join(", ")}; it has ${present.join(", ")}`);
  }
}

const operand = (v: Vector): string => (v.compound ? `(${v.text})` : v.text);

/** `metric{label="value"}`; a list of values matches any of them. */
export function select(series: Series, where: Record<string, string | readonly string[]> = {}): Selector {
  const labels = seriesLabels.get(series);
  if (labels === undefined) throw new Error(`nothing exports ${series}`);
  requireLabels(series, Object.keys(where), labels);
  const matchers = Object.entries(where).map(([label, value]) =>
    typeof value === "string" ? `${label}=${JSON.stringify(value)}` : `${label}=~"${value.join("|")}"`,
  );
  const text = matchers.length === 0 ? series : `${series}{${matchers.join(",")}}`;
  return { text, labels, compound: false, selects: series };
}

const call = (name: string, argument: string, labels: readonly string[]): Vector => ({
  text: `${name}(${argument})`,
  labels,
  compound: false,
});

/** What a rule keeps; each rule adds the name of the stack. */
export const recorded = ({ name, expr }: Recording): Selector => ({
  text: name,
  labels: [...new Set([...expr.labels, "stack"])],
  compound: false,
  selects: name,
});

export const rate = (s: Selector, window: Window) => call("rate", `${s.text}[${window}]`, s.labels);
export const increase = (s: Selector, window: Window) => call("increase", `${s.text}[${window}]`, s.labels);

/** How often the value was another one than before. */
export const changes = (s: Selector, window: Window) => call("changes", `${s.text}[${window}]`, s.labels);
/** How often the value fell, as a counter's does when it begins anew. */
export const resets = (s: Selector, window: Window) => call("resets", `${s.text}[${window}]`, s.labels);
/** Slope per second. */
export const deriv = (s: Selector, window: Window) => call("deriv", `${s.text}[${window}]`, s.labels);
/** The value in so many seconds if it goes on as it did within the window. */
export const predicted = (s: Selector, window: Window, seconds: number) =>
  call("predict_linear", `${s.text}[${window}], ${seconds}`, s.labels);
/** Least, greatest or average value within the window, which ended `ago`. */
export const overTime = (how: "min" | "max" | "avg", s: Selector, window: Window, ago?: Window) =>
  call(`${how}_over_time`, `${s.text}[${window}]${ago === undefined ? "" : ` offset ${ago}`}`, s.labels);
/** Seconds since the Unix time that is the value. */
export const since = (v: Vector): Vector => ({
  text: `time() - ${operand(v)}`,
  labels: v.labels,
  compound: true,
});
export const times = (v: Vector, factor: number): Vector => ({
  text: `${operand(v)} * ${factor}`,
  labels: v.labels,
  compound: true,
});

/** What a share leaves. */
export const complement = (v: Vector): Vector => ({
  text: `1 - ${operand(v)}`,
  labels: v.labels,
  compound: true,
});

function aggregate(how: "sum" | "min" | "max" | "count") {
  return (by: readonly string[], v: Vector): Vector => {
    requireLabels(v.text, by, v.labels);
    return call(by.length === 0 ? how : `${how} by (${by.join(", ")}) `, v.text, by);
  };
}
export const sum = aggregate("sum");
export const min = aggregate("min");
export const max = aggregate("max");
export const count = aggregate("count");

/** Vectors pair up by all of their labels, so both sides must have the same ones. */
function combine(operator: string, a: Vector, b: Vector): Vector {
  requireLabels(a.text, b.labels, a.labels);
  requireLabels(b.text, a.labels, b.labels);
  return { text: `${operand(a)} ${operator} ${operand(b)}`, labels: a.labels, compound: true };
}
export const plus = (a: Vector, b: Vector) => combine("+", a, b);
export const minus = (a: Vector, b: Vector) => combine("-", a, b);
export const either = (a: Vector, b: Vector) => combine("or", a, b);
export const unless = (a: Vector, b: Vector) => combine("unless", a, b);

function compare(v: Vector, operator: ">" | "<" | "==", value: number): Vector {
  return { ...v, text: `${operand(v)} ${operator} ${value}`, compound: true };
}
export const above = (v: Vector, value: number) => compare(v, ">", value);
export const below = (v: Vector, value: number) => compare(v, "<", value);
export const equals = (v: Vector, value: number) => compare(v, "==", value);

/** The measured value beyond its threshold: the number stands in one place only. */
export const breach = (measure: Vector, { is, value }: Threshold) =>
  is === "above" ? above(measure, value) : below(measure, value);

/** part / whole, with no result (rather than NaN) while the whole is 0. */
export const ratio = (part: Vector, whole: Vector) => combine("/", part, above(whole, 0));

/** `v`, only where `condition` holds for the same labels. */
export function given(v: Vector, condition: Vector): Vector {
  requireLabels(v.text, condition.labels, v.labels);
  const text = `${operand(v)} and on (${condition.labels.join(", ")}) ${operand(condition)}`;
  return { text, labels: v.labels, compound: true };
}

/** 1 while the selector finds nothing; `labels` are those that it asks for by equality. */
export const absent = (s: Selector, labels: readonly string[]) => call("absent", s.text, labels);

/** The q-quantile of a classic histogram, estimated within its buckets. */
export function quantile(q: number, name: Histogram, by: readonly string[], window: Window): Vector {
  const buckets = sum([...by, "le"], rate(select(`${name}_bucket`), window));
  return call("histogram_quantile", `${q}, ${buckets.text}`, by);
}

export const constant = (value: number) => call("vector", String(value), []);

/**
 * The same expression about some series alone. `matchers` says for the name of a series what is asked of its labels
 * (`stack="dev"`); names with colons are those of recordings.
 */
export function scoped(expr: string, matchers: (series: string) => readonly string[]): string {
  // Text in quotes is matched first, so that no name inside it is taken for a series; nor is `m:15s` of `[5m:15s]`.
  return expr.replace(/"(?:[^"\\]|\\.)*"|\b([a-zA-Z_][\w:]*)(\{)?/g, (all, name?: string, brace?: string) => {
    if (name === undefined || !(seriesLabels.has(name) || name.includes(":"))) return all;
    const wanted = matchers(name).join(",");
    if (wanted === "") return all;
    return brace === undefined ? `${name}{${wanted}}` : `${name}{${wanted},`;
  });
}

/** Series of one namespace, for a Prometheus that has those of several. */
export const within = (expr: string, namespace: string): string =>
  scoped(expr, () => [`namespace=${JSON.stringify(namespace)}`]);
