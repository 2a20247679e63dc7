import k8s from "@pulumi/kubernetes";
import type { types } from "@pulumi/kubernetes";
import { atLeast, type Autoscaled, type Replicas, type ScalingMetric } from "../workload.ts";
import type { Scope } from "./kubernetes-scope.ts";

/**
 * What sets the number of replicas. cpu: the cluster's own autoscaler by processor use alone. custom-metrics: the same
 * autoscaler by the replicas' own figures as well, which prometheus-adapter serves. keda: a ScaledObject, of which
 * KEDA makes the autoscaler.
 */
export type Autoscaling = "cpu" | "custom-metrics" | "keda";

/** Seconds that the load has to be low for before replicas are ended. */
const CALM_SECONDS = 300;
/** Twice as many every 15 s, the autoscaler's own period: a peak does not wait. */
const behavior = {
  scaleUp: {
    stabilizationWindowSeconds: 0,
    policies: [{ type: "Percent", value: 100, periodSeconds: 15 }],
  },
  scaleDown: { stabilizationWindowSeconds: CALM_SECONDS },
};
/** Figures of a moment jump: what counts is their mean over this time. */
const MEAN_OVER = "1m";

/**
 * What is left of the wish: a fixed number where there is nothing to follow. Use of the processor is measured against
 * the part that is kept (`cpuShare`, 0 to 1), so a smaller part is exceeded by the more.
 */
export function scaledBy(
  autoscaling: Autoscaling,
  replicas: Replicas | undefined,
  cpuShare: number,
): Replicas | undefined {
  if (typeof replicas !== "object") return replicas;
  const { min, max, cpuPercent } = replicas;
  const cpu = cpuPercent === undefined ? {} : { cpuPercent: Math.round(cpuPercent / cpuShare) };
  if (autoscaling !== "cpu") return { ...replicas, ...cpu };
  return cpuPercent === undefined ? min : { min, max, ...cpu };
}

function autoscaler({ min, max, cpuPercent, metrics = [] }: Autoscaled, name: string) {
  type Metric = types.input.autoscaling.v2.MetricSpec;
  const target = { type: "Utilization", averageUtilization: cpuPercent };
  const cpu: Metric = { type: "Resource", resource: { name: "cpu", target } };
  return {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
    minReplicas: min,
    maxReplicas: max,
    metrics: [
      ...(cpuPercent === undefined ? [] : [cpu]),
      ...metrics.map((metric): Metric => ({
        type: "Pods",
        pods: {
          metric: { name: metric.name },
          target: { type: "AverageValue", averageValue: String(metric.target) },
        },
      })),
    ],
    behavior,
  };
}

/** The sum over the replicas, which KEDA divides by their number. */
function query({ name, labels }: ScalingMetric, namespace: string): string {
  const matchers = Object.entries({ ...labels, namespace }).map(([key, value]) => `${key}="${value}"`);
  return `sum(avg_over_time(${name}{${matchers.join(",")}}[${MEAN_OVER}]))`;
}

function scaledObject({ min, max, cpuPercent, metrics = [] }: Autoscaled, name: string, namespace: string) {
  const cpu = { type: "cpu", metricType: "Utilization", metadata: { value: String(cpuPercent) } };
  return {
    scaleTargetRef: { name },
    minReplicaCount: min,
    maxReplicaCount: max,
    pollingInterval: 15,
    advanced: { horizontalPodAutoscalerConfig: { behavior } },
    triggers: [
      ...(cpuPercent === undefined ? [] : [cpu]),
      ...metrics.map((metric) => ({
        type: "prometheus",
        metricType: "AverageValue",
        metadata: {
          serverAddress: metric.prometheus,
          query: query(metric, namespace),
          threshold: String(metric.target),
          // No figures are no reason to end replicas.
          ignoreNullValues: "false",
        },
      })),
    ],
  };
}

/**
 * Keeps the number of replicas right: it follows the load, and a node that is emptied takes one at a time.
 * `namespace` is that of the replicas.
 */
export function createScaling(
  { name, selector, metadata, opts }: Scope,
  replicas: Replicas,
  autoscaling: Autoscaling,
  namespace: string,
): void {
  if (typeof replicas === "object") {
    if (autoscaling === "keda") {
      new k8s.apiextensions.CustomResource(
        name,
        {
          apiVersion: "keda.sh/v1alpha1",
          kind: "ScaledObject",
          metadata,
          spec: scaledObject(replicas, name, namespace),
        },
        opts,
      );
    } else {
      const spec = autoscaler(replicas, name);
      new k8s.autoscaling.v2.HorizontalPodAutoscaler(name, { metadata, spec }, opts);
    }
  }
  if (atLeast(replicas) > 1) createBudget(name, { selector, metadata, opts });
}

/** Lets a node that is emptied take one of these pods at a time. */
export function createBudget(
  name: string,
  { selector, metadata, opts }: Pick<Scope, "selector" | "metadata" | "opts">,
): void {
  new k8s.policy.v1.PodDisruptionBudget(
    name,
    {
      metadata: { ...metadata, name },
      spec: {
        maxUnavailable: 1,
        selector: { matchLabels: selector },
        // One that never becomes ready must not hold up the emptying of a node.
        unhealthyPodEvictionPolicy: "AlwaysAllow",
      },
    },
    opts,
  );
}
