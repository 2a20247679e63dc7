import { Cron } from "croner";
import { addJob } from "../database/jobs.ts";
import type { Database } from "../database/pool.ts";

/** When jobs without a payload are due by themselves. */
export interface Schedule {
  readonly kind: string;
  /** Five fields of cron, in UTC. */
  readonly cron: string;
}

/** The last time that a schedule was due. */
export function lastSlot({ cron }: Schedule, now: Date): Date | undefined {
  // croner has no run of exactly now among the previous ones.
  return new Cron(cron, { timezone: "UTC" }).previousRuns(1, new Date(now.getTime() + 1000))[0];
}

/**
 * Makes the jobs that are due: one of each slot however many workers ask, and after a time without any worker that of
 * the last slot. `made` remembers what was asked for, so that the database need not be.
 */
export async function makeDueJobs(
  database: Database,
  schedules: readonly Schedule[],
  now: Date,
  made: Map<string, number>,
): Promise<void> {
  for (const schedule of schedules) {
    const slot = lastSlot(schedule, now);
    if (slot === undefined || made.get(schedule.kind) === slot.getTime()) continue;
    const key = `${schedule.kind}@${slot.toISOString()}`;
    await addJob(database.query, { kind: schedule.kind, key });
    made.set(schedule.kind, slot.getTime());
  }
}
