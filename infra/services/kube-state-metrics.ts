import * as pulumi from "@pulumi/pulumi";
import { exporters } from "../../dashboards/alerts/exporters.ts";
import { images } from "../images.ts";
import type { Endpoint, Platform } from "../workload.ts";

/** What alerts and boards ask about: it needs the right to read these, and no others. */
const RESOURCES = [
  "pods",
  "persistentvolumeclaims",
  "deployments",
  "statefulsets",
  "horizontalpodautoscalers",
  "jobs",
];

export interface KubeStateMetricsArgs {
  readonly platform: Platform;
  /** The stack's own: it may look at no other. */
  readonly namespace: string;
}

/** Shows Prometheus how the objects of the stack are, as the cluster sees them. */
export class KubeStateMetrics extends pulumi.ComponentResource {
  readonly metrics: Endpoint;

  constructor(
    name: string,
    { platform, namespace }: KubeStateMetricsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("launchlab:index:KubeStateMetrics", name, {}, opts);
    const workload = platform.run(
      name,
      {
        kind: "service",
        image: images.kubeStateMetrics,
        ports: [{ name: "metrics", port: 8080, slot: 13, reachableFrom: ["prometheus"] }],
        resources: { cpuMillis: 20, memoryMb: 128 },
        discovers: "objects",
        command: (at) => [
          "kube-state-metrics",
          `--host=${at.host}`,
          `--port=${at.port("metrics")}`,
          // What it says of itself: nobody reads it.
          "--telemetry-host=127.0.0.1",
          `--namespaces=${namespace}`,
          `--resources=${RESOURCES.join(",")}`,
          `--metric-allowlist=${Object.keys(exporters.kubeStateMetrics).join(",")}`,
        ],
        health: { kind: "http", port: "metrics", path: "/healthz", live: "/healthz" },
      },
      { parent: this },
    );
    this.metrics = workload.endpoint("metrics");
    this.registerOutputs({});
  }
}
