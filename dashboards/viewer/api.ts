import type { Panel, Severity, State, Threshold, Unit } from "../catalogue.ts";

/** What the viewer's server tells its pages. Times are Unix seconds, but for those of alerts and silences (ISO 8601). */

export interface BoardView {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly RowView[];
  /** The one that is shown before another is chosen. */
  readonly stack: string;
  /** Where a query can be looked at by itself. */
  readonly prometheus: string;
}

export interface RowView {
  readonly title: string;
  readonly collapsed: boolean;
  readonly panels: readonly PanelView[];
}

export interface PanelView {
  /** The same number as in Grafana. */
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly kind: Panel["kind"];
  readonly unit: Unit;
  readonly threshold?: Threshold;
  readonly width: number;
  readonly height: number;
  readonly noValue: string;
  readonly emptyWhen?: string;
  readonly states?: readonly State[];
  readonly queries: readonly QueryView[];
}

export interface QueryView {
  readonly legend: string;
  readonly limit: boolean;
  /** Of a column that is not in the panel's unit. */
  readonly unit?: Unit;
}

export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** One for each of the panel's times; null where there is none. */
  readonly values: readonly (number | null)[];
}

export interface QueryData {
  /** As Prometheus was asked. */
  readonly expr: string;
  readonly series: readonly Series[];
  /** Why there are no series. */
  readonly error?: string;
}

export interface PanelData {
  readonly times: readonly number[];
  readonly queries: readonly QueryData[];
}

export interface VariableView {
  readonly name: "stack" | "replica";
  readonly title: string;
  readonly several: boolean;
  readonly values: readonly string[];
}

export interface Annotation {
  readonly is: State["is"];
  readonly title: string;
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

export interface SilenceView {
  readonly id: string;
  readonly matchers: string;
  readonly comment: string;
  readonly author: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly state: "active" | "pending";
}

export interface AlertView {
  readonly state: "pending" | "firing";
  readonly since: string;
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly description: string;
  /** Ids of the silences that keep it from being told. */
  readonly silencedBy: readonly string[];
  /** Names of the alerts that make it superfluous. */
  readonly inhibitedBy: readonly string[];
}

export interface RuleView {
  readonly name: string;
  readonly state: "inactive" | "pending" | "firing";
  readonly severity: Severity;
  readonly service: string;
  readonly description: string;
  readonly expr: string;
  /** Seconds that the condition has to hold. */
  readonly forSeconds: number;
  /** Address of its runbook. */
  readonly runbook: string;
  /** Path of its panel. */
  readonly panel?: string;
  /** Why Prometheus cannot evaluate it. */
  readonly error?: string;
  readonly alerts: readonly AlertView[];
}

export interface AlertsView {
  readonly rules: readonly RuleView[];
  readonly silences: readonly SilenceView[];
  /** What could not be asked. */
  readonly problems: readonly string[];
}

export interface NewSilence {
  readonly matchers: readonly { readonly name: string; readonly value: string }[];
  readonly minutes: number;
  readonly comment: string;
  readonly author: string;
}
