import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readStatus } from "../infra/process-provider/spec.ts";
import { TICKS_PER_SECOND } from "./cpu.ts";

interface Process {
  readonly parent: number;
  /** Own processor time, and that of children that have ended, in seconds. */
  readonly seconds: number;
}

/** All processes of this machine; empty where the system does not tell (only Linux does). */
function processes(): Map<number, Process> {
  const found = new Map<number, Process>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    let stat: string;
    try {
      stat = readFileSync(`/proc/${name}/stat`, "utf8");
    } catch {
      continue; // It has ended meanwhile.
    }
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i]), 0);
    found.set(Number(name), { parent: Number(fields[1]), seconds: ticks / TICKS_PER_SECOND });
  }
  return found;
}

/** Processor time in seconds that a process and its children have used. */
export function processSeconds(pid: number): number {
  const all = processes();
  const total = (one: number): number =>
    [...all].reduce(
      (sum, [child, { parent }]) => (parent === one ? sum + total(child) : sum),
      all.get(one)?.seconds ?? 0,
    );
  return total(pid);
}

/** The same of each workload of a local stack. */
export function workloadSeconds(stackFolder: string): Map<string, number> {
  const run = join(stackFolder, "run");
  return new Map(
    readdirSync(run).flatMap((name): [string, number][] => {
      const child = readStatus(join(run, name))?.child;
      return child === undefined ? [] : [[name, processSeconds(child.pid)]];
    }),
  );
}
