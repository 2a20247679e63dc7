import type { Board, Duration } from "./catalogue.ts";
import { scoped, select, within } from "./promql.ts";
import { recordings } from "./recordings/all.ts";

/** What a board is read for: values, or the names of Grafana's variables. */
export interface Choice {
  /** Value of the label `stack`: `dev`, `$stack`. */
  readonly stack: string;
  /** Regular expression of the bot's instances, on boards that let the reader choose them: `$replica`. @default all */
  readonly replicas?: string | undefined;
  /** For a Prometheus that has the series of several. @default any */
  readonly namespace?: string | undefined;
  /** Stands for `$__rate_interval`, which only Grafana knows. @default left to Grafana */
  readonly rateInterval?: Duration | undefined;
}

/** A list that the reader of a board chooses from: the values that a label has in some series. */
export interface Variable {
  readonly name: "stack" | "replica";
  readonly title: string;
  readonly series: string;
  readonly label: string;
  /** Several values, or all of them, may be chosen at once. */
  readonly several: boolean;
}

/** The bot's own series, as long as they still tell one replica from another. */
const ofReplica = (series: string): boolean =>
  series.includes(":")
    ? series.startsWith("bot:") &&
      recordings.some(({ name, expr }) => name === series && expr.labels.includes("instance"))
    : /^(bot|nodejs|process)_/.test(series);

/** Those of the cluster's own exporters: where it has them, they know namespaces and no stacks. */
const ofCluster = (series: string): boolean => /^(kube|kubelet)_/.test(series);

/** The query of a board about what the reader chose alone. */
export function chosen(expr: string, board: Board, choice: Choice): string {
  const { stack, replicas, namespace, rateInterval } = choice;
  const placed = namespace === undefined ? [] : [`namespace=${JSON.stringify(namespace)}`];
  const place = [...placed, `stack=${JSON.stringify(stack)}`];
  const replica =
    board.replicas === true && replicas !== undefined ? [`instance=~${JSON.stringify(replicas)}`] : [];
  const text = scoped(expr, (series) =>
    ofCluster(series) && namespace !== undefined
      ? placed
      : ofReplica(series)
        ? [...place, ...replica]
        : place,
  );
  return rateInterval === undefined ? text : text.replaceAll("$__rate_interval", rateInterval);
}

/** What the reader of a board may choose; an earlier choice narrows a later one. */
export function variablesOf(board: Board, choice: Choice): Variable[] {
  const { text: up } = select("up");
  const { namespace } = choice;
  const stack: Variable = {
    name: "stack",
    title: "Stack",
    series: namespace === undefined ? up : within(up, namespace),
    label: "stack",
    several: false,
  };
  if (board.replicas !== true) return [stack];
  const series = chosen(select("up", { job: "bot" }).text, board, choice);
  return [stack, { name: "replica", title: "Replica", series, label: "instance", several: true }];
}

/** `$__rate_interval` as Grafana works it out: four samples at least, however close the points are. */
export const rateInterval = (stepSeconds: number, scrapeSeconds: number): Duration =>
  `${Math.max(stepSeconds + scrapeSeconds, 4 * scrapeSeconds)}s`;
