import { Cron } from "croner";
import { z } from "zod";
import type { Query } from "./pool.ts";

/** Whether it is five fields of cron that come due at some time. */
function isCron(text: string): boolean {
  if (text.trim().split(/\s+/).length !== 5) return false;
  try {
    return new Cron(text, { timezone: "UTC", paused: true }).nextRun() !== null;
  } catch {
    return false;
  }
}

const cron = z
  .string()
  .max(100)
  .refine(isCron, "must be five fields of cron that come due, as 0 2 * * *")
  .nullable();

/** When backups are made by themselves, as five fields of cron in UTC; null: never. */
export const backupScheduleSchema = z.object({
  daily: cron.default("0 2 * * *"),
  weekly: cron.default("0 3 * * 1"),
});
export type BackupSchedule = z.infer<typeof backupScheduleSchema>;

/** Reads when backups are due: at 02:00 every day and 03:00 on Mondays unless an operator said otherwise. */
export async function readBackupSchedule(query: Query): Promise<BackupSchedule> {
  const [row] = await query<{ value: unknown }>(
    "backup_request",
    "SELECT value FROM settings WHERE key = 'backup_schedule'",
  );
  return backupScheduleSchema.parse(row?.value ?? {});
}

/** Says when backups are due; holds within seconds. */
export async function writeBackupSchedule(query: Query, schedule: BackupSchedule): Promise<void> {
  await query(
    "backup_request",
    `INSERT INTO settings (key, value) VALUES ('backup_schedule', $1::jsonb)
     ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = now()`,
    [JSON.stringify(schedule)],
  );
}
