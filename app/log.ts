import { DatabaseError } from "pg";
import { pino, type Logger } from "pino";
import { createOutput, type Output } from "./log-output.ts";

export type Log = Logger;

/**
 * The message of an error, without the value that could not be read: Postgres (data exceptions, class 22) and JSON.parse
 * put it in quotes.
 */
function messageOf(error: Error): string {
  const quotes =
    error instanceof SyntaxError || (error instanceof DatabaseError && error.code?.startsWith("22"));
  return quotes === true ? error.message.replace(/"[^]*"/, '"…"') : error.message;
}

function errorParts(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, cause } = error;
  const message = messageOf(error);
  const stack = error.stack?.replace(error.message, () => message);
  const code = "code" in error ? { code: error.code } : {};
  return { name, message, ...code, stack, ...(cause instanceof Error && { cause: messageOf(cause) }) };
}

/**
 * JSON lines on stdout, written in the background: a slow reader of the log must not slow down the bot.
 * Nothing here contains message texts or tokens; an update is found by its `update_id`. `exit` writes what is
 * still in memory, and ends the process.
 */
export function createLog(
  level: string,
  role: string,
  output: Output = createOutput(process.stdout.fd),
): { log: Log; exit: Output["exit"] } {
  const log = pino(
    {
      level,
      base: { role, pid: process.pid },
      // Postgres puts values of the row into the details of its errors, so only these parts are written.
      serializers: { err: errorParts },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    output,
  );
  return { log, exit: output.exit };
}
