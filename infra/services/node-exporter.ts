import * as pulumi from "@pulumi/pulumi";
import { images } from "../images.ts";
import type { Endpoint, Platform } from "../workload.ts";

/** What it looks for: disks, memory, processors, and programs that were ended for want of memory. */
const COLLECTORS = ["filesystem", "meminfo", "cpu", "loadavg", "vmstat"];
/**
 * File systems that hold no data. The root of a container does, although it is an overlay: its free space is that of the
 * engine's disk, so the container needs to see nothing of the machine.
 */
const NO_DATA =
  "^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|efivarfs|fuse.*|hugetlbfs|iso9660|mqueue|nsfs|" +
  "proc|procfs|pstore|ramfs|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tmpfs|tracefs)$";

export const nodeOptions = [
  "--collector.disable-defaults",
  ...COLLECTORS.map((collector) => `--collector.${collector}`),
  `--collector.filesystem.fs-types-exclude=${NO_DATA}`,
];

/** Shows Prometheus the machine that all of the stack runs on. */
export class NodeExporter extends pulumi.ComponentResource {
  readonly metrics: Endpoint;

  constructor(
    name: string,
    { platform }: { readonly platform: Platform },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("launchlab:index:NodeExporter", name, {}, opts);
    const workload = platform.run(
      name,
      {
        kind: "service",
        image: images.nodeExporter,
        ports: [{ name: "metrics", port: 9100, slot: 12, reachableFrom: ["prometheus"] }],
        resources: { cpuMillis: 20, memoryMb: 64 },
        command: (at) => [
          "node_exporter",
          `--web.listen-address=${at.host}:${at.port("metrics")}`,
          ...nodeOptions,
        ],
        health: { kind: "http", port: "metrics", path: "/", live: "/" },
      },
      { parent: this },
    );
    this.metrics = workload.endpoint("metrics");
    this.registerOutputs({});
  }
}
