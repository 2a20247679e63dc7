import { crashing, failedJobs, missing, scaled, scaledLimit, waiting } from "../alerts/kubernetes.ts";
import type { Board } from "../catalogue.ts";
import { above, increase, max, min, select, sum } from "../promql.ts";

/**
 * Are all replicas there. How much a container takes only the kubelet knows, whom a namespace may not ask: what programs
 * say of themselves, on the board of the programs, stands in for it.
 */
export const kubernetes: Board = {
  key: "kubernetes",
  title: "Launch Lab: Kubernetes",
  description: "Are all replicas there",
  needs: "kube-state-metrics",
  rows: [
    {
      title: "Is it broken now?",
      panels: [
        {
          key: "missing",
          title: "Replicas missing",
          description: "Wanted and not available, by deployment. Normal: 0 but for minutes of a rollout.",
          kind: "stat",
          unit: "count",
          queries: [{ expr: missing, legend: "{{deployment}}" }],
          width: 10,
          height: 6,
          noValue: "no data",
        },
        {
          key: "crashing",
          title: "Crash looping",
          description: "Containers that end again and again. Normal: none.",
          kind: "stat",
          unit: "count",
          queries: [{ expr: above(crashing, 0), legend: "{{pod}} {{container}}" }],
          width: 5,
          height: 6,
          noValue: "none",
          emptyWhen: "no container ends again and again",
        },
        {
          key: "waiting",
          title: "Pods that do not start",
          description: "Those that wait for a node, an image or a volume. Normal: none.",
          kind: "stat",
          unit: "count",
          queries: [{ expr: above(waiting, 0), legend: "{{pod}}" }],
          width: 5,
          height: 6,
          noValue: "none",
          emptyWhen: "every pod runs",
        },
        {
          key: "jobs",
          title: "Jobs that failed",
          description: "Runs of drills and migrations that are not tried again. Normal: none.",
          kind: "stat",
          unit: "count",
          queries: [{ expr: above(failedJobs, 0), legend: "{{job_name}}" }],
          width: 4,
          height: 6,
          noValue: "none",
          emptyWhen: "no job has failed",
        },
      ],
    },
    {
      title: "Does the number follow the load?",
      panels: [
        {
          key: "replicas",
          title: "Replicas available",
          description: "By deployment. Normal: those that are wanted.",
          kind: "timeseries",
          unit: "count",
          queries: [
            {
              expr: max(["deployment"], select("kube_deployment_status_replicas_available")),
              legend: "{{deployment}}",
            },
          ],
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "scaled",
          title: "Share of the replicas allowed",
          description: "How far each autoscaler has gone. Normal: below 100 %.",
          kind: "timeseries",
          unit: "ratio",
          queries: [{ expr: scaled, legend: "{{horizontalpodautoscaler}}" }],
          threshold: scaledLimit,
          width: 8,
          height: 8,
          noValue: "no autoscaler",
          emptyWhen: "KEDA or nobody scales",
        },
        {
          key: "restarts",
          title: "Restarts within an hour",
          description: "Containers that were started again. Normal: 0.",
          kind: "timeseries",
          unit: "count",
          queries: [
            {
              expr: sum(
                ["pod", "container"],
                increase(select("kube_pod_container_status_restarts_total"), "1h"),
              ),
              legend: "{{pod}} {{container}}",
            },
          ],
          width: 8,
          height: 8,
          noValue: "no data",
        },
      ],
    },
    {
      title: "What is kept for them?",
      collapsed: true,
      panels: [
        {
          key: "limits",
          title: "What is kept for containers",
          description:
            "Their limits of memory, at which they are ended. Normal: as in the stack's configuration.",
          kind: "table",
          unit: "bytes",
          queries: [
            {
              expr: max(["container"], select("kube_pod_container_resource_limits", { resource: "memory" })),
              legend: "limit",
            },
            {
              expr: max(
                ["container"],
                select("kube_pod_container_resource_requests", { resource: "memory" }),
              ),
              legend: "kept",
            },
          ],
          width: 12,
          height: 9,
          noValue: "no data",
        },
        {
          key: "volumes",
          title: "Volumes",
          description: "What was asked for, by claim. Normal: as in the stack's configuration.",
          kind: "table",
          unit: "bytes",
          queries: [
            {
              expr: max(
                ["persistentvolumeclaim"],
                select("kube_persistentvolumeclaim_resource_requests_storage_bytes"),
              ),
              legend: "size",
            },
          ],
          width: 12,
          height: 9,
          noValue: "no data",
        },
        {
          key: "sets",
          title: "Servers with data that are ready",
          description: "One each of Postgres, Redis, Prometheus and the others that keep data. Normal: 1.",
          kind: "stat",
          unit: "count",
          queries: [
            {
              expr: min(["statefulset"], select("kube_statefulset_status_replicas_ready")),
              legend: "{{statefulset}}",
            },
          ],
          width: 24,
          height: 5,
          noValue: "none",
        },
      ],
    },
  ],
};
