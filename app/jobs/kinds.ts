import { inactive } from "./inactive.ts";
import type { AnyJobKind } from "./job.ts";
import { purge } from "./purge.ts";
import type { Schedule } from "./schedule.ts";

/** Everything that the workers do. */
export const jobKinds: readonly AnyJobKind[] = [purge, inactive];

/** What is due by itself, spread over the hour so that not all comes at once. */
export const schedules: readonly Schedule[] = [
  { kind: inactive.kind, cron: "10 * * * *" },
  { kind: purge.kind, cron: "40 * * * *" },
];
