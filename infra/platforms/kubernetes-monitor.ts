import k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { podLabels } from "../../dashboards/render/prometheus.ts";
import type { MonitorArgs, WorkloadOptions } from "../workload.ts";
import { NAME_LABEL } from "./kubernetes-network.ts";

/** Where the objects are put. */
export interface MonitorPlace {
  readonly provider: pulumi.ProviderResource;
  /** Known once the namespace is there. */
  readonly namespace: pulumi.Output<string>;
  /** Labels by which the operator picks the objects that are meant for it. */
  readonly monitorLabels: Readonly<Record<string, string>>;
}

const API = "monitoring.coreos.com/v1";

/** Tells the Prometheus operator of the cluster what to read, and its Grafana what to show. */
export function createMonitor(
  name: string,
  { targets, ruleGroups, boards, intervalSeconds }: MonitorArgs,
  { parent }: WorkloadOptions,
  { provider, namespace, monitorLabels }: MonitorPlace,
): void {
  const opts = { parent, provider };
  const metadata = (own: string, labels: Readonly<Record<string, string>>): object => ({
    name: own,
    namespace,
    labels: { [NAME_LABEL]: name, "app.kubernetes.io/part-of": "launchlab", ...labels },
  });
  for (const { job, pods, labels } of targets) {
    const own = [job, ...Object.values(pods.labels)].join("-");
    const fixed = Object.entries({ job, ...labels });
    new k8s.apiextensions.CustomResource(
      own,
      {
        apiVersion: API,
        kind: "PodMonitor",
        metadata: metadata(own, monitorLabels),
        spec: {
          selector: { matchLabels: pods.labels },
          podMetricsEndpoints: [
            {
              port: pods.port,
              interval: `${intervalSeconds}s`,
              relabelings: [
                ...podLabels.map(({ source, target }) => ({ sourceLabels: [source], targetLabel: target })),
                ...fixed.map(([targetLabel, replacement]) => ({ targetLabel, replacement })),
              ],
            },
          ],
        },
      },
      opts,
    );
  }
  new k8s.apiextensions.CustomResource(
    name,
    {
      apiVersion: API,
      kind: "PrometheusRule",
      metadata: metadata(name, monitorLabels),
      spec: { groups: ruleGroups.map((group) => ({ ...group, interval: `${intervalSeconds}s` })) },
    },
    opts,
  );
  // Under fixed names: its file would vanish with the old object if there were a new one for every change.
  for (const [board, content] of Object.entries(boards)) {
    new k8s.core.v1.ConfigMap(
      board,
      { metadata: metadata(board, { grafana_dashboard: "1" }), data: { [`${board}.json`]: content } },
      opts,
    );
  }
}
