import { z } from "zod";
import type { Query } from "./pool.ts";

export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal"] as const;

const schema = z.object({
  monitoring: z.object({ on: z.boolean(), seconds: z.int() }).default({ on: true, seconds: 30 }),
  /** Null: as configured. */
  log_level: z.enum(logLevels).nullable().default(null),
});

/** What operators switch while the bot runs; all replicas do as it says. */
export type Operation = z.infer<typeof schema>;

export const usualOperation: Operation = schema.parse({});

/** Reads all switches. */
export async function readOperation(query: Query): Promise<Operation> {
  const rows = await query<{ key: string; value: unknown }>(
    "operation",
    "SELECT key, value FROM settings WHERE key = ANY ($1)",
    [Object.keys(schema.shape)],
  );
  return schema.parse(Object.fromEntries(rows.map(({ key, value }) => [key, value])));
}

/** Sets one switch; all replicas see it within seconds. */
export async function writeOperation<K extends keyof Operation>(
  query: Query,
  key: K,
  value: Operation[K],
): Promise<void> {
  await query(
    "operation",
    `INSERT INTO settings (key, value) VALUES ($1, $2::jsonb)
     ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = now()`,
    [key, JSON.stringify(value)],
  );
}
