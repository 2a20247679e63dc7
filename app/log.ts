import { pino, type Logger } from "pino";

export type Log = Logger;

export interface LogOutput {
  readonly log: Log;
  /** Writes what is still in memory; the last thing before the process ends. */
  readonly flush: () => void;
}

function errorParts(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, cause } = error;
  const code = "code" in error ? { code: error.code } : {};
  return { name, message, ...code, stack, ...(cause instanceof Error && { cause: cause.message }) };
}

/**
 * JSON lines on stdout, written in the background: a slow reader of the log must not slow down the bot.
 * Nothing here contains message texts or tokens; an update is found by its `update_id`.
 */
export function createLog(level: string, role: string): LogOutput {
  const destination = pino.destination({
    dest: 1,
    sync: false,
    minLength: 4096,
    // With a full disk or a stuck reader, older lines wait in memory up to this size and newer ones are dropped.
    maxLength: 4 * 1024 * 1024,
  });
  // A closed pipe or a full disk costs log lines, never the process.
  destination.on("error", () => undefined);
  setInterval(() => destination.flush(() => undefined), 500).unref();
  const log = pino(
    {
      level,
      base: { role, pid: process.pid },
      // Postgres puts values of the row into the details of its errors, so only these parts are written.
      serializers: { err: errorParts },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  return {
    log,
    flush: () => {
      try {
        destination.flushSync();
      } catch {
        // Not opened yet, or nobody reads any more.
      }
    },
  };
}
