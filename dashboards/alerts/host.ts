import type { Alert, Threshold } from "../catalogue.ts";
import { above, below, breach, given, increase, max, min, predicted, ratio, select, sum } from "../promql.ts";
import { value } from "./text.ts";

/** The machine that a stack on one machine shares with whatever else runs there. */

const target = ["job", "instance"];
/** One file system is mounted at many places. */
const disk = [...target, "device"];
const labels = { job: "node", instance: "m" };
const onDisk = { ...labels, device: "/dev/vda" };
const board = (key: string) => ({ board: "host", key });
const series = (name: string, samples: string, extra = "") => ({
  [`${name}{job="node",instance="m"${extra}}`]: samples,
});

const available = select("node_filesystem_avail_bytes");
export const diskFree = ratio(min(disk, available), min(disk, select("node_filesystem_size_bytes")));
/** What is left tomorrow if it goes on as in the last hour. */
export const tomorrow = min(disk, predicted(available, "1h", 86_400));
export const diskFreeLimit: Threshold = { unit: "ratio", is: "below", value: 0.05 };

export const memoryFree = ratio(
  max(target, select("node_memory_MemAvailable_bytes")),
  max(target, select("node_memory_MemTotal_bytes")),
);
export const memoryFreeLimit: Threshold = { unit: "ratio", is: "below", value: 0.1 };

export const killed = sum(target, increase(select("node_vmstat_oom_kill"), "10m"));

export const filesOpen = ratio(
  max(target, select("process_open_fds")),
  max(target, select("process_max_fds")),
);
export const filesOpenLimit: Threshold = { unit: "ratio", is: "above", value: 0.8 };

/** `available` of 100 GB, seen at two places. */
const space = (available: string) => ({
  ...series("node_filesystem_avail_bytes", available, ',device="/dev/vda",mountpoint="/"'),
  ...series("node_filesystem_avail_bytes", available, ',device="/dev/vda",mountpoint="/data"'),
  ...series("node_filesystem_size_bytes", "100000000000x2000", ',device="/dev/vda",mountpoint="/"'),
  ...series("node_filesystem_size_bytes", "100000000000x2000", ',device="/dev/vda",mountpoint="/data"'),
});
const memory = (available: string) => ({
  ...series("node_memory_MemAvailable_bytes", available),
  ...series("node_memory_MemTotal_bytes", "10000000000x100"),
});
const files = (open: string) => ({
  [`process_open_fds{job="bot",instance="web-0"}`]: open,
  [`process_max_fds{job="bot",instance="web-0"}`]: "1000x100",
});

export const hostAlerts: readonly Alert[] = [
  {
    name: "HostDiskFillsSoon",
    service: "host",
    severity: "warning",
    expr: given(below(tomorrow, 0), below(diskFree, 0.3)),
    for: "1h",
    needs: "node",
    summary: "{{ $labels.device }} of {{ $labels.instance }} is full within 24 hours if it goes on like this",
    description: "When it is full, Postgres stops and the bot with it. Find what grows while there is time.",
    normal: "level",
    panel: board("space"),
    fires: [
      {
        when: "a log takes 2 GB an hour of the last 30",
        samples: space("29000000000-8000000x1000"),
        from: "15s",
        labels: onDisk,
        summary: "/dev/vda of m is full within 24 hours if it goes on like this",
      },
    ],
    quiet: [
      {
        when: "it is filled as fast, and has room for long",
        samples: space("99000000000-20000000x600"),
        at: ["2h"],
      },
      { when: "it is level, with little room", samples: space("20000000000x600"), at: ["2h"] },
    ],
  },
  {
    name: "HostDiskNearlyFull",
    service: "host",
    severity: "critical",
    expr: breach(diskFree, diskFreeLimit),
    for: "5m",
    needs: "node",
    summary: `${value("ratio")} of {{ $labels.device }} of {{ $labels.instance }} is free`,
    description:
      "When it is full, Postgres stops and the bot with it. Make room outside of the folders of data.",
    normal: "above 20 %",
    threshold: diskFreeLimit,
    panel: board("disk"),
    inhibits: ["HostDiskFillsSoon"],
    fires: [
      {
        when: "4 % is left",
        samples: space("30000000000x4 4000000000x60"),
        from: "75s",
        labels: onDisk,
        summary: "4% of /dev/vda of m is free",
      },
    ],
    quiet: [
      { when: "5 % is left", samples: space("5000000000x60"), at: ["10m"] },
      { when: "there is room", samples: space("50000000000x60"), at: ["10m"] },
    ],
  },
  {
    name: "HostMemoryLow",
    service: "host",
    severity: "warning",
    expr: breach(memoryFree, memoryFreeLimit),
    for: "5m",
    needs: "node",
    summary: `${value("ratio")} of the memory of {{ $labels.instance }} is free`,
    description: "Soon the system ends whatever takes most, Postgres for one. Find what grows.",
    normal: "above 30 %",
    threshold: memoryFreeLimit,
    panel: board("memory"),
    fires: [
      {
        when: "a program takes all there is",
        samples: memory("5000000000x4 800000000x60"),
        from: "75s",
        labels,
        summary: "8% of the memory of m is free",
      },
    ],
    quiet: [
      { when: "a tenth is free", samples: memory("1000000000x60"), at: ["10m"] },
      { when: "there is room", samples: memory("5000000000x60"), at: ["10m"] },
    ],
  },
  {
    name: "HostProgramKilled",
    service: "host",
    severity: "warning",
    expr: above(killed, 0),
    for: "0s",
    keepFiringFor: "15m",
    needs: "node",
    summary: "The system of {{ $labels.instance }} has ended a program for want of memory",
    description:
      "It starts again, and what it had under way is done once more. Its log on the machine names it.",
    normal: "0",
    panel: board("killed"),
    fires: [
      {
        when: "a container reaches its limit",
        samples: series("node_vmstat_oom_kill", "3x45 4x40"),
        from: "690s",
        labels,
        summary: "The system of m has ended a program for want of memory",
      },
    ],
    quiet: [{ when: "it did long ago", samples: series("node_vmstat_oom_kill", "3x100"), at: ["20m"] }],
  },
  {
    name: "FilesNearLimit",
    service: "host",
    severity: "warning",
    expr: breach(filesOpen, filesOpenLimit),
    for: "5m",
    summary: `{{ $labels.job }} at {{ $labels.instance }} has ${value("ratio")} of the files open that it may`,
    description: "Connections count as files. At the limit it takes no more of them, and cannot write.",
    normal: "below 20 %",
    threshold: filesOpenLimit,
    panel: { board: "programs", key: "files" },
    fires: [
      {
        when: "it forgets to close its connections",
        samples: files("50x4 900x60"),
        from: "75s",
        labels: { job: "bot", instance: "web-0" },
        summary: "bot at web-0 has 90% of the files open that it may",
      },
    ],
    quiet: [
      { when: "it has 80 %", samples: files("800x60"), at: ["10m"] },
      { when: "it has few", samples: files("50x60"), at: ["10m"] },
    ],
  },
];
