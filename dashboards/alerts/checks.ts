import { SLOW_MS } from "../../app/metric-labels.ts";
import type { Alert, Threshold } from "../catalogue.ts";
import { breach, max, select } from "../promql.ts";
import { from, value } from "./text.ts";

export const checkTime = max(["job", "instance", "checked"], select("bot_service_check_seconds"));
export const checkTimeLimit: Threshold = { unit: "seconds", is: "above", value: SLOW_MS / 1000 };

const postgres = (samples: string) =>
  from({ job: "bot", instance: "web-0", role: "web", checked: "postgres" })(
    "bot_service_check_seconds",
    samples,
  );

export const checkAlerts: readonly Alert[] = [
  {
    name: "BotServiceSlow",
    service: "bot",
    severity: "warning",
    expr: breach(checkTime, checkTimeLimit),
    for: "1m",
    summary: `{{ $labels.checked }} takes ${value("seconds")} to answer {{ $labels.instance }}`,
    description:
      "The replica asks it to write and to read now and then, and waits for more than 5 s. Updates wait as well. " +
      "Compare the replicas: one of them, or all?",
    normal: "a few milliseconds",
    threshold: checkTimeLimit,
    panel: { board: "bot", key: "service-check" },
    fires: [
      {
        when: "Postgres hangs",
        samples: postgres("0.004x4 6x40"),
        from: "75s",
        labels: { job: "bot", instance: "web-0", checked: "postgres" },
        summary: "postgres takes 6s to answer web-0",
      },
    ],
    quiet: [
      { when: "one check is slow", samples: postgres("0.004x4 6x3 0.004x40"), at: ["2m", "8m"] },
      { when: "it takes as long as it may", samples: postgres("5x40"), at: ["8m"] },
      { when: "all is well", samples: postgres("0.004x40"), at: ["8m"] },
    ],
  },
];
