import k8s from "@pulumi/kubernetes";
import { atLeast, type Replicas } from "../workload.ts";
import type { Scope } from "./kubernetes-scope.ts";

/** Keeps the number of replicas right: it follows the load, and a node that is emptied takes one at a time. */
export function createScaling({ name, selector, metadata, opts }: Scope, replicas: Replicas): void {
  if (typeof replicas === "object") {
    new k8s.autoscaling.v2.HorizontalPodAutoscaler(
      name,
      {
        metadata,
        spec: {
          scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
          minReplicas: replicas.min,
          maxReplicas: replicas.max,
          metrics: [
            {
              type: "Resource",
              resource: {
                name: "cpu",
                target: { type: "Utilization", averageUtilization: replicas.cpuPercent },
              },
            },
          ],
          behavior: { scaleDown: { stabilizationWindowSeconds: 300 } },
        },
      },
      opts,
    );
  }
  if (atLeast(replicas) > 1) {
    new k8s.policy.v1.PodDisruptionBudget(
      name,
      {
        metadata,
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
}
