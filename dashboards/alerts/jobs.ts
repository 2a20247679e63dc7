import type { Alert, Threshold } from "../catalogue.ts";
import { breach, max, select } from "../promql.ts";
import { value } from "./text.ts";

export const overdue = max(["job", "kind"], select("bot_jobs_oldest_age_seconds"));
/** A job is usually begun within a second; people wait for most of them. */
export const overdueLimit: Threshold = { unit: "seconds", is: "above", value: 300 };

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
    panel: { board: "overview", key: "jobs-overdue" },
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
];
