import { series, type Recipe } from "../recipe.ts";

const machine = 'job="node",instance="other"';
const disk = `${machine},device="/dev/other",mountpoint="/"`;
const cluster = 'job="kube-state-metrics",instance="other"';
const autoscaler = `${cluster},horizontalpodautoscaler="web"`;
const claim = 'job="kubelet",instance="other",persistentvolumeclaim="postgres-data"';

/** What the stack runs on. A full disk, or a cluster, is more than a test may have, so it is shown only. */
export const surroundingsRecipes: Readonly<Record<string, Recipe>> = {
  // Alone: the other alert about disks silences it.
  HostDiskFillsSoon: {
    how: "series",
    cause: "a disk has less room from second to second",
    inject: series("", {
      [`node_filesystem_avail_bytes{${disk}}`]: { from: 280, perSecond: -0.5 },
      [`node_filesystem_size_bytes{${disk}}`]: 1000,
    }).inject,
  },
  HostDiskNearlyFull: series("a hundredth of a disk is left", {
    [`node_filesystem_avail_bytes{${disk}}`]: 10,
    [`node_filesystem_size_bytes{${disk}}`]: 1000,
  }),
  HostMemoryLow: series("a twentieth of the memory is left", {
    [`node_memory_MemAvailable_bytes{${machine}}`]: 50,
    [`node_memory_MemTotal_bytes{${machine}}`]: 1000,
  }),
  HostProgramKilled: series("the system ends a program every second", {
    [`node_vmstat_oom_kill{${machine}}`]: { perSecond: 1 },
  }),
  FilesNearLimit: series("a program has nine of ten files open", {
    'process_open_fds{job="other",instance="other"}': 90,
    'process_max_fds{job="other",instance="other"}': 100,
  }),
  KubePodCrashLooping: series("a container waits to be started again", {
    [`kube_pod_container_status_waiting_reason{${cluster},pod="web-1",container="web",reason="CrashLoopBackOff"}`]: 1,
  }),
  KubePodWaiting: series("no node has room for a pod", {
    [`kube_pod_status_phase{${cluster},pod="web-1",phase="Pending"}`]: 1,
  }),
  KubeReplicasMissing: series("one of two replicas is not available", {
    [`kube_deployment_spec_replicas{${cluster},deployment="web"}`]: 2,
    [`kube_deployment_status_replicas_available{${cluster},deployment="web"}`]: 1,
  }),
  KubeHpaMaxedOut: series("an autoscaler has all four replicas", {
    [`kube_horizontalpodautoscaler_status_current_replicas{${autoscaler}}`]: 4,
    [`kube_horizontalpodautoscaler_spec_max_replicas{${autoscaler}}`]: 4,
    [`kube_horizontalpodautoscaler_spec_min_replicas{${autoscaler}}`]: 2,
  }),
  KubeJobFailed: series("a backup has failed", {
    [`kube_job_failed{${cluster},job_name="backup-1",condition="true"}`]: 1,
  }),
  KubeVolumeFillingUp: series("a twentieth of a volume is left", {
    [`kubelet_volume_stats_available_bytes{${claim}}`]: 50,
    [`kubelet_volume_stats_capacity_bytes{${claim}}`]: 1000,
  }),
};
