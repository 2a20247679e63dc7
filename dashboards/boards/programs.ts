import { filesOpen, filesOpenLimit } from "../alerts/host.ts";
import { restarts, restartsLimit } from "../alerts/monitoring.ts";
import type { Board } from "../catalogue.ts";
import { max, rate, select } from "../promql.ts";

const target = ["job", "instance"];

/** What each program says of itself, wherever it runs: nginx and Redis do not. */
export const programs: Board = {
  key: "programs",
  title: "Launch Lab: programs",
  description: "Do programs stay up, and what do they need",
  rows: [
    {
      title: "Is it broken now?",
      panels: [
        {
          key: "restarts",
          title: "Starts within half an hour",
          description: "How often each program began anew. Normal: 0, or 1 after a deployment.",
          kind: "timeseries",
          unit: "count",
          queries: [
            { expr: restarts.programs, legend: "{{job}} {{instance}}" },
            { expr: restarts.postgres, legend: "Postgres" },
            { expr: restarts.redis, legend: "Redis {{instance}}" },
          ],
          threshold: restartsLimit,
          width: 24,
          height: 8,
          noValue: "no data",
        },
      ],
    },
    {
      title: "What do they need?",
      panels: [
        {
          key: "memory",
          title: "Memory",
          description:
            "What each program has in memory. Normal: level after some hours, below two thirds of its limit.",
          kind: "timeseries",
          unit: "bytes",
          queries: [
            { expr: max(target, select("process_resident_memory_bytes")), legend: "{{job}} {{instance}}" },
          ],
          width: 8,
          height: 9,
          noValue: "no data",
        },
        {
          key: "processor",
          title: "Processor",
          description:
            "How many processors each program keeps busy. Normal: below 0.6; Node's own code uses one at most.",
          kind: "timeseries",
          unit: "count",
          queries: [
            {
              expr: max(target, rate(select("process_cpu_seconds_total"), "5m")),
              legend: "{{job}} {{instance}}",
            },
          ],
          width: 8,
          height: 9,
          noValue: "no data",
        },
        {
          key: "files",
          title: "Open files",
          description: "Share of those that each program may have; connections count. Normal: below 20 %.",
          kind: "timeseries",
          unit: "ratio",
          queries: [{ expr: filesOpen, legend: "{{job}} {{instance}}" }],
          threshold: filesOpenLimit,
          width: 8,
          height: 9,
          noValue: "no data",
        },
      ],
    },
  ],
};
