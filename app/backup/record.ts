import type { DatabaseConfig } from "../config.ts";
import type { BackupConfig } from "./config.ts";
import { Busy, withSession } from "./session.ts";

/** How a backup or a drill went; the worker makes metrics of it. */
export interface Run {
  readonly kind: "backup" | "drill";
  readonly began: Date;
  /** The backup, as far as it is known. */
  readonly name?: string;
  readonly bytes?: number;
  /** Why it failed. */
  readonly error?: string;
}

/** Runs older than this are forgotten, but for the newest ones that ended well. */
const KEPT_DAYS = 90;

/** Notes in the live database how a run went that ends now. */
export async function record(
  database: DatabaseConfig,
  { kind, began, name, bytes, error }: Run,
): Promise<void> {
  await withSession(database, async (client) => {
    await client.query(
      `INSERT INTO backup_runs (kind, name, bytes, error, began_at, ended_at)
       VALUES ($1, $2, $3, $4, now() - make_interval(secs => $5), now())`,
      [kind, name, bytes, error?.slice(0, 500), (Date.now() - began.getTime()) / 1000],
    );
    await client.query(
      `DELETE FROM backup_runs old WHERE ended_at < now() - make_interval(days => $1) AND id NOT IN (
         SELECT max(id) FROM backup_runs WHERE error IS NULL GROUP BY kind)`,
      [KEPT_DAYS],
    );
  });
}

/** Runs a backup or a drill, and notes in the database how it went, unless another one runs. */
export async function recorded<T>(
  config: BackupConfig,
  kind: Run["kind"],
  work: () => Promise<T>,
  describe: (result: T) => { readonly name: string; readonly bytes: number },
): Promise<T> {
  const began = new Date();
  try {
    const result = await work();
    const { name, bytes } = describe(result);
    await record(config.database, { kind, began, name, bytes });
    return result;
  } catch (error) {
    // It was not begun.
    if (error instanceof Busy) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    await record(config.database, { kind, began, error: reason }).catch(() => undefined);
    throw error;
  }
}
