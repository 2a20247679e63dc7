import { diskFree, diskFreeLimit, killed, memoryFree, memoryFreeLimit, tomorrow } from "../alerts/host.ts";
import type { Board } from "../catalogue.ts";
import { max, min, rate, select, sum } from "../promql.ts";

const target = ["job", "instance"];

/** Has the machine room for what runs on it. */
export const host: Board = {
  key: "host",
  title: "Launch Lab: machine",
  description: "Has the machine that all of the stack runs on room for it",
  needs: "node",
  rows: [
    {
      title: "Is it broken now?",
      panels: [
        {
          key: "disk",
          title: "Disk free",
          description: "Share of each file system that programs may still fill. Normal: above 20 %.",
          kind: "stat",
          unit: "ratio",
          queries: [{ expr: diskFree, legend: "{{device}}" }],
          threshold: diskFreeLimit,
          width: 8,
          height: 6,
          noValue: "no data",
        },
        {
          key: "memory",
          title: "Memory free",
          description: "Share that programs may have without others being ended. Normal: above 30 %.",
          kind: "stat",
          unit: "ratio",
          queries: [{ expr: memoryFree, legend: "{{instance}}" }],
          threshold: memoryFreeLimit,
          width: 8,
          height: 6,
          noValue: "no data",
        },
        {
          key: "killed",
          title: "Programs ended in 10 minutes",
          description: "By the system, for want of memory, of the machine or of a container. Normal: 0.",
          kind: "stat",
          unit: "count",
          queries: [{ expr: killed, legend: "{{instance}}" }],
          width: 8,
          height: 6,
          noValue: "no data",
        },
      ],
    },
    {
      title: "What is used up?",
      panels: [
        {
          key: "space",
          title: "Disk space",
          description:
            "What is free, and what will be in 24 hours if it goes on as in the last one. Normal: level.",
          kind: "timeseries",
          unit: "bytes",
          queries: [
            { expr: min(["device"], select("node_filesystem_avail_bytes")), legend: "free {{device}}" },
            { expr: tomorrow, legend: "in 24 h {{device}}" },
          ],
          width: 12,
          height: 8,
          noValue: "no data",
        },
        {
          key: "processor",
          title: "Processors",
          description: "How many are busy, by what with. Normal: below two thirds of those that there are.",
          kind: "timeseries",
          unit: "count",
          queries: [
            {
              expr: sum(
                ["mode"],
                rate(select("node_cpu_seconds_total", { mode: ["user", "system", "iowait", "steal"] }), "5m"),
              ),
              legend: "{{mode}}",
            },
          ],
          width: 12,
          height: 8,
          noValue: "no data",
        },
        {
          key: "load",
          title: "Load",
          description:
            "Programs that run or wait to, over 5 minutes. Normal: below the number of processors.",
          kind: "timeseries",
          unit: "count",
          queries: [{ expr: max(target, select("node_load5")), legend: "load" }],
          width: 12,
          height: 8,
          noValue: "no data",
        },
      ],
    },
  ],
};
