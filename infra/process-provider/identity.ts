import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * A process is identified by its pid and the moment it started: pids are reused, and after a reboot they all
 * mean something else.
 */
export interface Identity {
  readonly pid: number;
  readonly started: string;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, under another user.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  return stateOf(pid) !== "Z";
}

function statFields(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the command in parentheses and may itself contain spaces and parentheses.
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

function stateOf(pid: number): string | undefined {
  return statFields(pid)?.[0];
}

function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim().slice(0, 8);
}

/** When the process started, in a form that differs after each reboot; undefined when it does not run. */
export function startedAt(pid: number): string | undefined {
  if (process.platform === "linux") {
    const ticks = statFields(pid)?.[19];
    return ticks === undefined || stateOf(pid) === "Z" ? undefined : `${bootId()}.${ticks}`;
  }
  try {
    const text = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
    return text === "" ? undefined : String(Date.parse(text));
  } catch {
    return undefined;
  }
}

/** True when this very process still runs, not merely another one with its pid. */
export function isRunning(identity: Identity): boolean {
  return isAlive(identity.pid) && startedAt(identity.pid) === identity.started;
}
