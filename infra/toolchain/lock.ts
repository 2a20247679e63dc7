import { mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isRunning, startedAt } from "../process-provider/identity.ts";

const RETRY_MS = 100;

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;

function ownerOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function runs(owner: string): boolean {
  const [pid = "", ...started] = owner.split(".");
  return isRunning({ pid: Number(pid), started: started.join(".") });
}

/** Puts a dead owner's lock away. Another process may do the same at this moment: what it made must stay. */
function takeAway(path: string, dead: string): void {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
    const owner = ownerOf(aside);
    if (owner !== undefined && owner !== dead) symlinkSync(owner, path);
    rmSync(aside, { force: true });
  } catch (error) {
    if (!hasCode(error, "ENOENT") && !hasCode(error, "EEXIST")) throw error;
  }
}

/**
 * Runs `work` while no other process of this machine does the same. The lock is a symbolic link whose target
 * names its owner: it appears whole or not at all. A lock whose owner has died is taken over.
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  const self = `${process.pid}.${startedAt(process.pid) ?? ""}`;
  for (;;) {
    try {
      symlinkSync(self, path);
      break;
    } catch (error) {
      if (!hasCode(error, "EEXIST")) throw error;
    }
    const owner = ownerOf(path);
    if (owner !== undefined && !runs(owner)) takeAway(path, owner);
    else await delay(RETRY_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}
