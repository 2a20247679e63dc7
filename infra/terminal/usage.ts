import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

export interface Usage {
  /** Cores that are kept busy. */
  readonly cpu: number;
  readonly memoryBytes: number;
}

interface One {
  readonly parent: number;
  readonly ticks: number;
  /** Bytes that nobody else has. */
  readonly own: number;
  /** Bytes that it may share with its relatives: programs, libraries, and the buffers of Postgres. */
  readonly shared: number;
}

/** Of the kernel's clock for such figures: the same on every Linux. */
const TICKS_PER_SECOND = 100;
const SAMPLE_MS = 500;

function look(pid: string): One | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may itself contain spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const bytes = (key: string): number =>
      Number(new RegExp(`^${key}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0) * 1024;
    return {
      parent: Number(fields[1]),
      ticks: Number(fields[11]) + Number(fields[12]),
      own: bytes("RssAnon"),
      shared: bytes("RssFile") + bytes("RssShmem"),
    };
  } catch {
    // It ended meanwhile.
    return undefined;
  }
}

function processes(): Map<number, One> {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return new Map(
    pids.flatMap((pid) => {
      const found = look(pid);
      return found === undefined ? [] : [[Number(pid), found] as const];
    }),
  );
}

/** A process with its descendants: Postgres, for one, gives each child a process group of its own. */
function familyOf(root: number, all: ReadonlyMap<number, One>): number[] {
  const family = all.has(root) ? [root] : [];
  for (const member of family) for (const [pid, { parent }] of all) if (parent === member) family.push(pid);
  return family;
}

/**
 * What processes of this machine use with their descendants, over half a second. What relatives may share counts once,
 * as the largest share of one of them. Empty where the system cannot be asked, which is Linux alone.
 */
export async function usageOf(pids: readonly number[]): Promise<ReadonlyMap<number, Usage>> {
  if (process.platform !== "linux" || pids.length === 0) return new Map();
  const [before, began] = [processes(), performance.now()];
  await delay(SAMPLE_MS);
  const after = processes();
  const seconds = (performance.now() - began) / 1000;
  return new Map(
    pids.flatMap((root) => {
      const family = familyOf(root, after).flatMap((pid) => {
        const now = after.get(pid);
        return now === undefined ? [] : [{ now, ticks: now.ticks - (before.get(pid)?.ticks ?? 0) }];
      });
      if (family.length === 0) return [];
      const ticks = family.reduce((sum, one) => sum + one.ticks, 0);
      const own = family.reduce((sum, { now }) => sum + now.own, 0);
      const shared = Math.max(...family.map(({ now }) => now.shared));
      return [[root, { cpu: ticks / TICKS_PER_SECOND / seconds, memoryBytes: own + shared }] as const];
    }),
  );
}
