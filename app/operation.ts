import { readOperation, usualOperation, type Operation } from "./database/operation.ts";
import type { Database } from "./database/pool.ts";
import type { Log } from "./log.ts";
import { every } from "./repeat.ts";

export interface OperationWatch {
  current(): Operation;
  /** Reads the switches and does as they say. Throws DatabaseUnavailable. */
  refresh(): Promise<void>;
  /** Does so every few seconds until the signal is aborted; while the database is away, what was known holds. Never throws. */
  watch(signal: AbortSignal): Promise<void>;
}

/** Milliseconds between two looks. */
const LOOK_MS = 5000;

/** Follows the switches of the operators in one process. */
export function createOperationWatch(database: Pick<Database, "query">, log: Log): OperationWatch {
  const configured = log.level;
  let current = usualOperation;

  async function refresh(): Promise<void> {
    current = await readOperation(database.query);
    const level = current.log_level ?? configured;
    if (level === log.level) return;
    log.warn({ from: log.level, to: level }, "the log level changes");
    log.level = level;
  }

  return {
    current: () => current,
    refresh,
    watch: (signal) => every(LOOK_MS, "reading the switches of the operators", log, signal, refresh),
  };
}
