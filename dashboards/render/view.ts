import type { DataSourceRef } from "@grafana/grafana-foundation-sdk/common";
import type { Choice } from "../choice.ts";
import type { State, Unit } from "../catalogue.ts";
import { dataSources } from "./ids.ts";

export interface BoardOptions {
  /** Address of an alert's runbook. */
  readonly runbookUrl: (alert: string) => string;
  /** Scrape jobs that there are: what needs another one is left out. @default all */
  readonly jobs?: readonly string[];
  /** Where figures come from: our own Prometheus, or the data source that the reader chooses. @default own */
  readonly source?: "own" | "chosen";
  /** For a Prometheus that has series of several: shows what is in this namespace alone. @default everything */
  readonly namespace?: string | undefined;
}

/** Name of the variable that is the data source, where it is not ours. */
export const SOURCE = "datasource";

export const sourceOf = ({ source = "own" }: BoardOptions): DataSourceRef => ({
  type: "prometheus",
  uid: source === "own" ? dataSources.prometheus : `$\{${SOURCE}}`,
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
