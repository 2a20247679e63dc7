import * as pulumi from "@pulumi/pulumi";
import { boards } from "../../dashboards/boards/all.ts";
import { dashboardOf } from "../../dashboards/render/dashboard.ts";
import { boardUid } from "../../dashboards/render/ids.ts";
import { present } from "../../dashboards/render/present.ts";
import { ruleGroups } from "../../dashboards/render/prometheus.ts";
import type { Capacity } from "../capacity.ts";
import type { Platform } from "../workload.ts";
import { SCRAPE_SECONDS, type ScrapeJob } from "./prometheus.ts";

export interface MonitoringArgs {
  readonly platform: Platform;
  readonly capacity: Capacity;
  readonly jobs: readonly ScrapeJob[];
  /** Whether Grafana is to show the boards. */
  readonly grafana: boolean;
  /** Names the stack in every alert. */
  readonly stack: string;
  readonly runbookUrl: (alert: string) => string;
}

/** What a Prometheus that watches a cluster reads besides. */
const OF_CLUSTER = ["kube-state-metrics", "kubelet"];

/**
 * Hands targets, alerts and boards to a monitoring that is there already, in place of our own. One Prometheus has the
 * series of many there, so everything is about the namespace of the stack alone.
 */
export class Monitoring extends pulumi.ComponentResource {
  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("launchlab:index:Monitoring", name, {}, opts);
    const { platform, capacity, jobs, grafana, stack, runbookUrl } = args;
    const targets = jobs.flatMap(({ job, targets: some }) =>
      some.map(({ endpoint: { host, pods }, labels = {} }) => {
        if (pods === undefined) throw new Error(`no pods are known behind ${host}`);
        return { job, pods, labels: { ...labels, stack } };
      }),
    );
    const [first] = targets;
    if (platform.monitor === undefined || first === undefined)
      throw new Error("this platform has no monitoring of its own");
    const { namespace } = first.pods;
    const known = [...jobs.map(({ job }) => job), ...OF_CLUSTER];
    const options = { runbookUrl, namespace, stack, capacity, jobs: known };
    const shown = grafana ? boards.filter((board) => present(options, board)) : [];
    platform.monitor(
      name,
      {
        targets,
        intervalSeconds: SCRAPE_SECONDS,
        ruleGroups: ruleGroups(options),
        boards: Object.fromEntries(
          shown.map((board) => [
            boardUid(board.key, namespace),
            `${JSON.stringify(dashboardOf(board, { ...options, source: "chosen" }), null, 2)}\n`,
          ]),
        ),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
