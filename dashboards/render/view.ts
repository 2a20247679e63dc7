import type { DataSourceRef } from "@grafana/grafana-foundation-sdk/common";
import type { Choice } from "../choice.ts";
import type { State, Unit } from "../catalogue.ts";
import { dataSources } from "./ids.ts";

export interface BoardOptions {
  /** Address of an alert's runbook. */
  readonly runbookUrl: (alert: string) => string;
  /** Scrape jobs that there are: what needs another one is left out. @default all */
  readonly jobs?: readonly string[];
  /**
   * For a Grafana and a Prometheus that others use as well: shows the stack in this namespace alone, from a data source
   * that the reader may choose. @default everything in our own Prometheus
   */
  readonly namespace?: string | undefined;
}

/** Name of the variable that is the data source, where it is not ours. */
export const SOURCE = "datasource";

export const sourceOf = ({ namespace }: BoardOptions): DataSourceRef => ({
  type: "prometheus",
  uid: namespace === undefined ? dataSources.prometheus : `$\{${SOURCE}}`,
});

/** What readers choose, as Grafana's variables. */
export const choiceOf = ({ namespace }: BoardOptions): Choice => ({
  stack: "$stack",
  replicas: "$replica",
  namespace,
});

/** Grafana's names of units. */
export const units: Record<Unit, string> = {
  ratio: "percentunit",
  seconds: "s",
  count: "short",
  "per second": "ops",
  bytes: "bytes",
};

export const colors: Record<State["is"], string> = { good: "green", doubtful: "orange", bad: "red" };
