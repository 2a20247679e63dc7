import { z } from "zod";
import type { Query } from "./pool.ts";

const schema = z.object({
  on: z.boolean(),
  /** What people are told, as plain text; null for the usual line. */
  text: z.string().nullable(),
  /** Unix time in milliseconds of when it began; tells one time from another. */
  since: z.number(),
});

/** Whether the bot is in maintenance, or what was about to be told in it. */
export type Maintenance = z.infer<typeof schema>;

export const noMaintenance: Maintenance = { on: false, text: null, since: 0 };

/** Reads the switch. */
export async function readMaintenance(query: Query): Promise<Maintenance> {
  const [row] = await query<{ value: unknown }>(
    "maintenance",
    "SELECT value FROM settings WHERE key = 'maintenance'",
  );
  return row === undefined ? noMaintenance : schema.parse(row.value);
}

/** Sets the switch; all replicas see it within two seconds of the commit. */
export async function writeMaintenance(query: Query, value: Maintenance): Promise<void> {
  await query(
    "maintenance",
    "INSERT INTO settings (key, value) VALUES ('maintenance', $1) " +
      "ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = now()",
    [value],
  );
}
