import type { Alert, Threshold } from "../catalogue.ts";
import { breach, constant, count, minus, ratio, select, sum } from "../promql.ts";
import { value } from "./text.ts";

const up = select("up");

export const targetsDown = ratio(minus(count(["job"], up), sum(["job"], up)), count(["job"], up));
export const targetsDownLimit: Threshold = { unit: "ratio", is: "above", value: 0.1 };

/** Targets of one job, the first `down` of which stop answering after a minute. */
const targets = (job: string, all: number, down: number) =>
  Object.fromEntries(
    Array.from({ length: all }, (_, i) => [
      `up{job="${job}",instance="${i}"}`,
      i < down ? "1x4 0x60" : "1x64",
    ]),
  );

export const targetAlerts: readonly Alert[] = [
  {
    name: "TargetDown",
    service: "monitoring",
    severity: "warning",
    expr: breach(targetsDown, targetsDownLimit),
    for: "5m",
    summary: `${value("ratio")} of the {{ $labels.job }} targets do not answer Prometheus`,
    description:
      "Either the program is down or its metrics cannot be read; then the other alerts about it are blind.",
    normal: "0 %",
    threshold: targetsDownLimit,
    panel: { board: "overview", key: "targets" },
    fires: [
      {
        when: "two of twelve replicas are down",
        samples: targets("bot", 12, 2),
        from: "75s",
        labels: { job: "bot" },
        summary: "16.67% of the bot targets do not answer Prometheus",
      },
      {
        when: "an exporter is down",
        samples: targets("postgres", 1, 1),
        from: "75s",
        labels: { job: "postgres" },
        summary: "100% of the postgres targets do not answer Prometheus",
      },
    ],
    quiet: [
      {
        when: "one of ten replicas is down",
        samples: targets("bot", 10, 1),
        at: ["10m"],
      },
      { when: "all are up", samples: targets("redis", 1, 0), at: ["10m"] },
    ],
  },
  {
    name: "Watchdog",
    service: "monitoring",
    severity: "none",
    expr: constant(1),
    for: "0s",
    summary: "Alerts are evaluated and delivered",
    description:
      "Always firing. Whoever receives it raises the alarm when it stops, because then no other alert would arrive.",
    normal: "firing",
    fires: [
      {
        when: "Prometheus runs",
        samples: {},
        from: "0s",
        labels: {},
        summary: "Alerts are evaluated and delivered",
      },
    ],
    quiet: [],
  },
];
