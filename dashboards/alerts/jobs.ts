import type { JobOutcome } from "../../app/metric-labels.ts";
import type { Alert, Threshold } from "../catalogue.ts";
import {
  above,
  breach,
  deriv,
  given,
  increase,
  max,
  overTime,
  plus,
  ratio,
  select,
  since,
  sum,
} from "../promql.ts";
import { from, value } from "./text.ts";

export const overdue = max(["job", "kind"], select("bot_jobs_oldest_age_seconds"));
/** A job is usually begun within a second; people wait for most of them. */
export const overdueLimit: Threshold = { unit: "seconds", is: "above", value: 300 };

const kinds = ["job", "kind"];
const waiting = select("bot_jobs_waiting");
/** What waits at least, for ten minutes. */
export const queued = max(kinds, overTime("min", waiting, "10m"));
export const queuedLimit: Threshold = { unit: "count", is: "above", value: 50 };

const ended = (outcome: JobOutcome) => sum(kinds, increase(select("bot_jobs_total", { outcome }), "1h"));
/** Of those that ended for good. */
export const failing = ratio(ended("failed"), plus(ended("failed"), ended("done")));
export const failingLimit: Threshold = { unit: "ratio", is: "above", value: 0.1 };

export const sinceSuccess = since(max(kinds, select("bot_schedule_last_success_timestamp_seconds")));
export const interval = max(kinds, select("bot_schedule_interval_seconds"));
/** Times that a schedule was due since it last ended well. */
export const missed = ratio(sinceSuccess, interval);
export const missedLimit: Threshold = { unit: "count", is: "above", value: 2 };

const board = (key: string) => ({ board: "jobs", key });
const worker = from({ job: "bot", instance: "worker-0", role: "worker", kind: "csv" });
const outcomes = (done: string, failed: string) => ({
  ...worker("bot_jobs_total", done, ',outcome="done"'),
  ...worker("bot_jobs_total", failed, ',outcome="failed"'),
});

const series = (samples: string) => ({
  'bot_jobs_oldest_age_seconds{job="bot",instance="worker-0",role="worker",kind="inactive"}': samples,
});

export const jobAlerts: readonly Alert[] = [
  {
    name: "JobsOverdue",
    service: "bot",
    severity: "warning",
    expr: breach(overdue, overdueLimit),
    for: "5m",
    summary: `A job of the kind {{ $labels.kind }} is overdue for ${value("seconds")}`,
    description:
      "People wait for results that do not come. No worker runs, all of them are busy with long jobs, or they cannot reach the database.",
    normal: "below 5 s",
    threshold: overdueLimit,
    panel: board("overdue"),
    fires: [
      {
        when: "no worker takes them",
        samples: series("300+15x60"),
        from: "15s",
        labels: { job: "bot", kind: "inactive" },
        summary: "A job of the kind inactive is overdue for 10m 15s",
      },
    ],
    quiet: [
      { when: "a rush is worked off", samples: series("0+15x30 0x30"), at: ["8m", "12m"] },
      { when: "nothing waits", samples: series("0x60"), at: ["10m"] },
    ],
  },
  {
    name: "QueueGrowing",
    service: "bot",
    severity: "warning",
    expr: given(breach(queued, queuedLimit), above(max(kinds, deriv(waiting, "15m")), 0)),
    for: "5m",
    summary: `${value("count")} jobs of the kind {{ $labels.kind }} wait, and more come than are done`,
    description:
      "People wait longer and longer for results. The workers are too few for what comes, or each job takes longer than before.",
    normal: "0 to 5",
    threshold: queuedLimit,
    panel: board("waiting"),
    inhibits: ["JobsOverdue"],
    fires: [
      {
        when: "five more come each minute than are done",
        samples: worker("bot_jobs_waiting", "40+1.25x120"),
        // Ten minutes after there were more than 50.
        from: "735s",
        labels: { job: "bot", kind: "csv" },
        summary: "76.25 jobs of the kind csv wait, and more come than are done",
      },
    ],
    quiet: [
      {
        when: "a rush is worked off",
        samples: worker("bot_jobs_waiting", "300-2x100 100x20"),
        at: ["15m", "25m"],
      },
      { when: "a few more wait each minute", samples: worker("bot_jobs_waiting", "0+0.25x120"), at: ["25m"] },
      { when: "nothing waits", samples: worker("bot_jobs_waiting", "0x120"), at: ["25m"] },
    ],
  },
  {
    name: "JobsFailing",
    service: "bot",
    severity: "warning",
    expr: given(breach(failing, failingLimit), above(ended("failed"), 3)),
    for: "5m",
    summary: `${value("ratio")} of the jobs of the kind {{ $labels.kind }} fail for good`,
    description:
      "People are told that it did not work, after all tries. The log of the worker has the error of each.",
    normal: "below 1 %",
    threshold: failingLimit,
    panel: board("failing"),
    fires: [
      {
        when: "every sixth fails",
        samples: outcomes("0+5x60", "0+1x60"),
        from: "60s",
        labels: { job: "bot", kind: "csv" },
        summary: "16.67% of the jobs of the kind csv fail for good",
      },
    ],
    quiet: [
      { when: "every twelfth fails", samples: outcomes("0+11x60", "0+1x60"), at: ["10m"] },
      { when: "the only three fail", samples: outcomes("0x60", "0 1 2 3x57"), at: ["10m"] },
      { when: "nothing happens", samples: outcomes("7x60", "0x60"), at: ["10m"] },
    ],
  },
  {
    name: "ScheduleStale",
    service: "bot",
    severity: "warning",
    expr: breach(missed, missedLimit),
    for: "5m",
    summary: `The schedule {{ $labels.kind }} was due ${value("count")} times since it last ended well`,
    description:
      "Something recurring is not done: reminders, ends of premium, clearing of old rows. It fails, or no worker makes it.",
    normal: "below 1.1",
    threshold: missedLimit,
    panel: board("schedules"),
    fires: [
      {
        when: "a schedule of 5 minutes does not run",
        samples: {
          ...worker("bot_schedule_last_success_timestamp_seconds", "0x120"),
          ...worker("bot_schedule_interval_seconds", "300x120"),
        },
        from: "615s",
        labels: { job: "bot", kind: "csv" },
        summary: "The schedule csv was due 3.05 times since it last ended well",
      },
    ],
    quiet: [
      {
        when: "one run is missed",
        samples: {
          ...worker("bot_schedule_last_success_timestamp_seconds", "0x40 600x80"),
          ...worker("bot_schedule_interval_seconds", "300x120"),
        },
        at: ["10m", "15m"],
      },
      {
        when: "it is daily",
        samples: {
          ...worker("bot_schedule_last_success_timestamp_seconds", "-80000x120"),
          ...worker("bot_schedule_interval_seconds", "86400x120"),
        },
        at: ["20m"],
      },
    ],
  },
];
