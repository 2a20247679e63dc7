import { updateOutcomes, type UpdateOutcome } from "../../app/metric-labels.ts";
import type { Duration, Recording } from "../catalogue.ts";
import {
  complement,
  increase,
  minus,
  overTime,
  rate,
  ratio,
  recorded,
  select,
  sum,
  times,
  type Vector,
} from "../promql.ts";
import { budgetOf, type Objective } from "../slo.ts";

/** Outcomes that a person notices as a failure. */
export const failed: readonly UpdateOutcome[] = ["error", "timeout", "unavailable", "dead"];
/** Outcomes of updates that were not worked on, as is meant: they are neither good nor bad. */
const turnedAway: readonly UpdateOutcome[] = ["ignored", "throttled", "maintenance"];
/** Updates that are worked on, and that promises are about. */
export const worked = select("bot_updates_total", {
  outcome: updateOutcomes.filter((outcome) => !turnedAway.includes(outcome)),
});

const duration = "bot_update_duration_seconds" as const;
const failures = select("bot_updates_total", { outcome: failed });
const timed = sum(["job"], rate(select(`${duration}_count`), "5m"));
// Prometheus 2 stores the bound as the client wrote it, Prometheus 3 always as 1.0.
const inTime = select(`${duration}_bucket`, { le: ["1", "1.0"] });

const updates: Recording = { name: "bot:updates:rate5m", expr: sum(["job"], rate(worked, "5m")) };
const bad: Record<Objective, Recording> = {
  errors: {
    name: "bot:update_errors:rate5m",
    expr: sum(["job"], rate(failures, "5m")),
  },
  slow: { name: "bot:updates_slow:rate5m", expr: minus(timed, sum(["job"], rate(inTime, "5m"))) },
};
const all: Record<Objective, Recording> = {
  errors: updates,
  slow: { name: "bot:updates_timed:rate5m", expr: timed },
};

/** Updates per second that are worked on. */
export const updateRate = recorded(updates);

/**
 * Share of bad updates within a window. Rates of 5 minutes are added up, each with its weight, so that busy hours count
 * for more than quiet ones, and a month is one series to read instead of hundreds.
 */
const share = (objective: Objective, window: Duration): Vector =>
  window === "5m"
    ? ratio(recorded(bad[objective]), recorded(all[objective]))
    : ratio(
        overTime("avg", recorded(bad[objective]), window),
        overTime("avg", recorded(all[objective]), window),
      );

const names = { errors: "bot:update_errors", slow: "bot:updates_slow" } as const;
const ratios = (["errors", "slow"] as const).flatMap((objective) =>
  (["5m", "30m", "1h", "2h", "6h", "1d", "3d"] as const).map((window) => ({
    objective,
    window,
    recording: { name: `${names[objective]}:ratio_rate${window}`, expr: share(objective, window) } as const,
  })),
);

/** Share of bad updates within a window, as it is kept. */
export function badShare(objective: Objective, window: Duration): Vector {
  const found = ratios.find((kept) => kept.objective === objective && kept.window === window);
  if (found === undefined) throw new Error(`the share of bad updates in ${window} is not kept`);
  return recorded(found.recording);
}

const lastHour: Record<Objective, Recording> = {
  errors: { name: `${names.errors}:increase1h`, expr: sum(["job"], increase(failures, "1h")) },
  slow: {
    name: `${names.slow}:increase1h`,
    expr: minus(
      sum(["job"], increase(select(`${duration}_count`), "1h")),
      sum(["job"], increase(inTime, "1h")),
    ),
  },
};
/** Bad updates in the last hour. */
export const badLastHour = (objective: Objective) => recorded(lastHour[objective]);

const left = (objective: Objective): Recording => ({
  name: `${names[objective]}:budget_left30d`,
  expr: complement(times(share(objective, "30d"), 1 / budgetOf(objective))),
});
const lefts = { errors: left("errors"), slow: left("slow") };

/** Share of 30 days' budget that is left, negative when more was used up. */
export const budgetLeft = (objective: Objective): Vector => recorded(lefts[objective]);

const yesterday: Recording = {
  name: "bot:updates:rate1h_yesterday",
  expr: overTime("avg", updateRate, "1h", "1d"),
};
/** Updates per second in the hour before this time of yesterday. */
export const updateRateYesterday = recorded(yesterday);

/** In an order in which each is worked out after those that it needs. */
export const sloRecordings: readonly Recording[] = [
  updates,
  bad.errors,
  all.slow,
  bad.slow,
  ...ratios.map(({ recording }) => recording),
  lastHour.errors,
  lastHour.slow,
  lefts.errors,
  lefts.slow,
  yesterday,
];
