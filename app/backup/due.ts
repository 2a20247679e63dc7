import { addRequest } from "../database/backup-requests.ts";
import { readBackupSchedule } from "../database/backup-schedule.ts";
import type { Query } from "../database/pool.ts";
import { lastSlot } from "../jobs/schedule.ts";

/** After a longer time without anybody who makes backups, the next one is waited for. */
const LATE_MS = 24 * 3600 * 1000;

/** Asks for the backups that are due by the clock: for each once, however many processes look. */
export async function askForDue(query: Query, now: Date): Promise<void> {
  for (const [cause, cron] of Object.entries(await readBackupSchedule(query)) as [
    "daily" | "weekly",
    string | null,
  ][]) {
    const slot = cron === null ? undefined : lastSlot({ kind: cause, cron }, now);
    if (slot === undefined || now.getTime() - slot.getTime() > LATE_MS) continue;
    await addRequest(query, { kind: "create", cause, key: `${cause}@${slot.toISOString()}` });
  }
}
