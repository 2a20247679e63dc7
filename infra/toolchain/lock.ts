import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isAlive } from "../process-provider/identity.ts";

/**
 * Runs `work` while no other process of this machine does the same. The lock is a folder that names its
 * owner; a lock whose owner has died is taken over.
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  const owner = join(path, "pid");
  for (;;) {
    try {
      mkdirSync(path);
      break;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      let pid = Number.NaN;
      try {
        pid = Number(readFileSync(owner, "utf8"));
      } catch {
        // Just being created or just being released.
      }
      if (Number.isInteger(pid) && pid > 0 && !isAlive(pid)) rmSync(path, { recursive: true, force: true });
      else await delay(100);
    }
  }
  try {
    writeFileSync(owner, String(process.pid));
    return await work();
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}
