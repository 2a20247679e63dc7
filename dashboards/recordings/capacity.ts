import type { Capacity } from "../../infra/capacity.ts";
import type { Recording } from "../catalogue.ts";
import { constant, recorded, sum, type Vector } from "../promql.ts";

/** What the stack is sized for, as alerts and boards see it. */
const figures = {
  users: ({ users }) => users,
  updates_per_second: ({ updatesPerSecond }) => updatesPerSecond,
  web_replicas: ({ webReplicas }) => webReplicas,
} satisfies Record<string, (capacity: Capacity) => number>;
export type Figure = keyof typeof figures;

const figureNames = Object.keys(figures) as Figure[];

const recordingOf = (figure: Figure, value: number): Recording => ({
  name: `launchlab:capacity:${figure}`,
  expr: constant(value),
});

/** The figures of one stack, so that rules and boards are the same for all. */
export const capacityRecordings = (capacity: Capacity): Recording[] =>
  figureNames.map((figure) => recordingOf(figure, figures[figure](capacity)));

/** A figure, by the label `stack` alone. */
export const sizedFor = (figure: Figure): Vector => sum(["stack"], recorded(recordingOf(figure, 0)));
