import { DatabaseError } from "pg";

/**
 * The database is away, full, restarting or too slow. What was being done is undone, or its outcome is not
 * known; doing it again later is safe and may succeed.
 */
export class DatabaseUnavailable extends Error {
  /** SQLSTATE, an error code of Node, "timeout", "connection" for one that broke, "connect" for none at all. */
  readonly code: string;
  constructor(code: string, cause: unknown) {
    super(`the database is not available (${code})`, { cause });
    this.name = "DatabaseUnavailable";
    this.code = code;
  }
}

// Classes of SQLSTATE: connection, transaction rollback (serialization, deadlock), resources, operator
// intervention (shutdown, failover, statement timeout), system errors.
const passing = ["08", "40", "53", "57", "58"];
const passingCodes = [
  "55P03", // lock_timeout
  "25006", // read only: this server is no longer the primary
  "25P03", // idle_in_transaction_session_timeout
];

const sqlState = (error: unknown): string | undefined =>
  error instanceof DatabaseError ? error.code : error instanceof DatabaseUnavailable ? error.code : undefined;

/** Whether a pooler handed out a connection on which a statement was not, or already was, prepared. */
export const planless = (error: unknown): boolean => ["26000", "42P05"].includes(sqlState(error) ?? "");

/** Whether the connection has a prepared statement that does not fit any more: a pooler's, or the schema has changed. */
export const forgotten = (error: unknown): boolean =>
  planless(error) ||
  (error instanceof DatabaseError && error.code === "0A000" && error.message.includes("cached plan")) ||
  (error instanceof DatabaseUnavailable && error.code === "0A000");

/** An error code of Node; else "timeout", or "connection" for one that broke. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "connection";
  if ("code" in error) return String(error.code);
  return /timeout/i.test(error.message) ? "timeout" : "connection";
}

/** A refusal of one statement stays as it is (a bug or bad data); everything else is unavailability. */
export function classify(error: unknown): unknown {
  if (error instanceof DatabaseUnavailable) return error;
  if (error instanceof DatabaseError && error.code !== undefined) {
    const passes =
      passing.includes(error.code.slice(0, 2)) || passingCodes.includes(error.code) || forgotten(error);
    return passes ? new DatabaseUnavailable(error.code, error) : error;
  }
  const code = codeOf(error);
  return new DatabaseUnavailable(code, error);
}

const lostCodes = [
  "57P01", // shutdown or failover
  "57P02", // crash of another session
  "57P03", // starting up
  "connection",
  "ECONNRESET",
  "EPIPE",
];

/**
 * Whether the same work may succeed at once on another connection: a deadlock, or a lost connection. A pooler that
 * has just found its server again refuses some with 08P01, "password authentication failed", although it is right.
 */
export function worthRepeating(error: unknown): boolean {
  if (!(error instanceof DatabaseUnavailable)) return false;
  const { code } = error;
  return code.startsWith("08") || forgotten(error) || ["40001", "40P01", ...lostCodes].includes(code);
}

const absentCodes = [
  ...lostCodes,
  "25006", // read only: no longer, or not yet, the primary
  "timeout",
  "connect",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
  // The name of a server that does not run yet.
  "ENOTFOUND",
  "EAI_AGAIN",
];

/**
 * Whether there was no server that takes writes and answers: it starts, restarts, or another one takes its place.
 * That is never the fault of what was being done.
 */
export function serverAbsent(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  // pg has no codes of its own.
  if (code === undefined) return /^Connection terminated|timeout/.test(error.message);
  return code.startsWith("08") || absentCodes.includes(code);
}

/**
 * Whether whatever was being done is not to blame: there was no server, it has no room left (class 53: disk, memory,
 * connections), or somebody else holds a lock for long.
 */
export const blameless = (error: unknown): boolean =>
  serverAbsent(error) ||
  (error instanceof DatabaseUnavailable && (error.code.startsWith("53") || error.code === "55P03"));
