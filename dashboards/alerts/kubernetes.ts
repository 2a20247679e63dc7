import type { Alert, Threshold } from "../catalogue.ts";
import { above, below, breach, given, max, min, minus, overTime, ratio, select, sum } from "../promql.ts";
import { value } from "./text.ts";

/**
 * What the cluster says of the stack's own objects. Other Prometheuses name them by other jobs, and one namespace is all
 * that is looked at, so neither is a label here.
 */

const board = (key: string) => ({ board: "kubernetes", key });
const series = (name: string, labels: string, samples: string) => ({
  [`${name}{job="kube-state-metrics",${labels}}`]: samples,
});

export const crashing = max(
  ["pod", "container"],
  overTime("max", select("kube_pod_container_status_waiting_reason", { reason: "CrashLoopBackOff" }), "5m"),
);

export const waiting = sum(["pod"], select("kube_pod_status_phase", { phase: ["Pending", "Unknown"] }));

const wanted = max(["deployment"], select("kube_deployment_spec_replicas"));
export const missing = minus(
  wanted,
  min(["deployment"], select("kube_deployment_status_replicas_available")),
);

const hpa = ["horizontalpodautoscaler"];
const most = max(hpa, select("kube_horizontalpodautoscaler_spec_max_replicas"));
export const scaled = ratio(max(hpa, select("kube_horizontalpodautoscaler_status_current_replicas")), most);
export const scaledLimit: Threshold = { unit: "ratio", is: "above", value: 0.99 };

export const failedJobs = max(["job_name"], select("kube_job_failed", { condition: "true" }));

const claim = ["persistentvolumeclaim"];
const volumeFree = ratio(
  min(claim, select("kubelet_volume_stats_available_bytes")),
  min(claim, select("kubelet_volume_stats_capacity_bytes")),
);

const crash = (samples: string) =>
  series(
    "kube_pod_container_status_waiting_reason",
    'pod="web-1",container="web",reason="CrashLoopBackOff"',
    samples,
  );
const phase = (samples: string) => series("kube_pod_status_phase", 'pod="web-1",phase="Pending"', samples);
const deployment = (replicas: string, available: string) => ({
  ...series("kube_deployment_spec_replicas", 'deployment="web"', replicas),
  ...series("kube_deployment_status_replicas_available", 'deployment="web"', available),
});
const autoscaler = (current: string, least: string) => ({
  ...series("kube_horizontalpodautoscaler_status_current_replicas", 'horizontalpodautoscaler="web"', current),
  ...series("kube_horizontalpodautoscaler_spec_max_replicas", 'horizontalpodautoscaler="web"', "4x200"),
  ...series("kube_horizontalpodautoscaler_spec_min_replicas", 'horizontalpodautoscaler="web"', least),
});
const ended = (samples: string) =>
  series("kube_job_failed", 'job_name="backup-drill-1",condition="true"', samples);
const volume = (free: string) => ({
  ...series("kubelet_volume_stats_available_bytes", 'persistentvolumeclaim="postgres-data"', free),
  ...series(
    "kubelet_volume_stats_capacity_bytes",
    'persistentvolumeclaim="postgres-data"',
    "20000000000x200",
  ),
});

const needs = "kube-state-metrics";

export const kubernetesAlerts: readonly Alert[] = [
  {
    name: "KubePodCrashLooping",
    service: "kubernetes",
    severity: "warning",
    expr: above(crashing, 0),
    for: "10m",
    needs,
    summary: "{{ $labels.container }} of pod {{ $labels.pod }} ends again and again",
    description:
      "The cluster waits longer before each start. Its log, and the reason of its last end, say why.",
    normal: "none",
    panel: board("crashing"),
    fires: [
      {
        when: "a new version does not start",
        // It waits, runs for a moment, and waits again.
        samples: crash("0x4 1x10 0x4 1x14 0x4 1x60"),
        from: "75s",
        labels: { pod: "web-1", container: "web" },
        summary: "web of pod web-1 ends again and again",
      },
    ],
    quiet: [
      { when: "it came up at the third try", samples: crash("0x4 1x10 0x80"), at: ["12m", "18m"] },
      { when: "it runs", samples: crash("0x80"), at: ["18m"] },
    ],
  },
  {
    name: "KubePodWaiting",
    service: "kubernetes",
    severity: "warning",
    expr: above(waiting, 0),
    for: "15m",
    needs,
    summary: "Pod {{ $labels.pod }} does not start, or nobody knows how it is",
    description: "No node has room for it, an image or a volume cannot be had, or its node does not answer.",
    normal: "none",
    panel: board("waiting"),
    fires: [
      {
        when: "no node has room",
        samples: phase("0x4 1x100"),
        from: "75s",
        labels: { pod: "web-1" },
        summary: "Pod web-1 does not start, or nobody knows how it is",
      },
    ],
    quiet: [
      { when: "its image is large", samples: phase("1x40 0x80"), at: ["10m", "25m"] },
      { when: "it runs", samples: phase("0x100"), at: ["20m"] },
    ],
  },
  {
    name: "KubeReplicasMissing",
    service: "kubernetes",
    severity: "warning",
    expr: above(missing, 0),
    for: "15m",
    needs,
    summary: `${value("count")} replicas of {{ $labels.deployment }} are not available`,
    description:
      "The others carry its share. A rollout that does not come to its end looks like this as well.",
    normal: "0",
    panel: board("missing"),
    fires: [
      {
        when: "one of two replicas does not become ready",
        samples: deployment("2x100", "2x4 1x100"),
        from: "75s",
        labels: { deployment: "web" },
        summary: "1 replicas of web are not available",
      },
    ],
    quiet: [
      { when: "a rollout takes ten minutes", samples: deployment("2x100", "1x40 2x80"), at: ["10m", "25m"] },
      { when: "all are there", samples: deployment("2x100", "2x100"), at: ["20m"] },
    ],
  },
  {
    name: "KubeHpaMaxedOut",
    service: "kubernetes",
    severity: "warning",
    expr: given(
      breach(scaled, scaledLimit),
      above(minus(most, max(hpa, select("kube_horizontalpodautoscaler_spec_min_replicas"))), 0),
    ),
    for: "15m",
    needs,
    summary: "{{ $labels.horizontalpodautoscaler }} has as many replicas as it may",
    description:
      "There is more to do than it was sized for, or replicas are slow because of something else: the database first.",
    normal: "below 100 %",
    threshold: scaledLimit,
    panel: board("scaled"),
    fires: [
      {
        when: "many more people come than expected",
        samples: autoscaler("2x4 4x100", "2x200"),
        from: "75s",
        labels: { horizontalpodautoscaler: "web" },
        summary: "web has as many replicas as it may",
      },
    ],
    quiet: [
      { when: "one more is allowed", samples: autoscaler("3x100", "2x200"), at: ["20m"] },
      { when: "there is a fixed number", samples: autoscaler("4x100", "4x200"), at: ["20m"] },
    ],
  },
  {
    name: "KubeJobFailed",
    service: "kubernetes",
    severity: "warning",
    expr: above(failedJobs, 0),
    for: "0s",
    needs,
    summary: "Job {{ $labels.job_name }} has failed, and is not tried again",
    description: "A drill of the backups or a migration was not done. The log of its last pod says why.",
    normal: "none",
    panel: board("jobs"),
    fires: [
      {
        when: "a drill finds its volume full",
        samples: ended("0x4 1x60"),
        from: "75s",
        labels: { job_name: "backup-drill-1" },
        summary: "Job backup-drill-1 has failed, and is not tried again",
      },
    ],
    quiet: [{ when: "it succeeds", samples: ended("0x60"), at: ["10m"] }],
  },
  {
    name: "KubeVolumeFillingUp",
    service: "kubernetes",
    severity: "warning",
    expr: below(volumeFree, 0.15),
    for: "15m",
    needs: "kubelet",
    summary: `${value("ratio")} of the volume of {{ $labels.persistentvolumeclaim }} is free`,
    description: "When it is full, what keeps its data there stops. Make it larger (`launchlab:volumes`).",
    normal: "above 30 %",
    fires: [
      {
        when: "a tenth is left",
        samples: volume("10000000000x4 2000000000x100"),
        from: "75s",
        labels: { persistentvolumeclaim: "postgres-data" },
        summary: "10% of the volume of postgres-data is free",
      },
    ],
    quiet: [{ when: "there is room", samples: volume("10000000000x100"), at: ["20m"] }],
  },
];
