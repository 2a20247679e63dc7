import k8s, { type types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { scheduleOf, type WorkloadArgs } from "../workload.ts";
import type { Scope } from "./kubernetes-scope.ts";

/** A run that could not start at its time, because the cluster was down, starts up to this much later. */
const LATE_SECONDS = 3600;
/** Runs that are kept to be looked at, of those that ended well and of those that did not. */
const KEPT_RUNS = 3;
/** A run that fails is tried again this often. */
const TRIES = 2;

interface CronArgs {
  readonly template: types.input.core.v1.PodTemplateSpec;
  /** For all tries of one run together. */
  readonly deadlineSeconds: number;
  readonly after: pulumi.CustomResourceOptions;
}

/** Runs the pod whenever it is due, one at a time. */
export function createCron(
  { name, labels, metadata }: Scope,
  workload: WorkloadArgs,
  { template, deadlineSeconds, after }: CronArgs,
): pulumi.Resource {
  return new k8s.batch.v1.CronJob(
    name,
    {
      metadata,
      spec: {
        schedule: scheduleOf(workload),
        timeZone: "Etc/UTC",
        concurrencyPolicy: "Forbid",
        startingDeadlineSeconds: LATE_SECONDS,
        successfulJobsHistoryLimit: KEPT_RUNS,
        failedJobsHistoryLimit: KEPT_RUNS,
        jobTemplate: {
          metadata: { labels },
          spec: { backoffLimit: TRIES, activeDeadlineSeconds: deadlineSeconds, template },
        },
      },
    },
    after,
  );
}
