import { readFileSync } from "node:fs";
import { cpus } from "node:os";

/** Processor time used up to a moment; all in seconds. */
export interface Sample {
  readonly at: number;
  /** Of the load generator; undefined where the system does not tell (only Linux does). */
  readonly generator: number | undefined;
  /** Of the whole machine, all cores together. */
  readonly machine: number;
}

/** Processor use over a run, in cores. */
export interface CpuUse {
  readonly cores: number;
  readonly generator: { readonly mean: number; readonly peak: number } | undefined;
  readonly machine: { readonly mean: number; readonly peak: number };
}

/** Linux counts processor time in hundredths of a second for every program, whatever the kernel's own rate. */
export const TICKS_PER_SECOND = 100;
/** A peak is the highest mean over this many samples: one second alone says little. */
const PEAK_SAMPLES = 5;

/** utime + stime of `/proc/PID/stat`, in seconds; the name in brackets may hold blanks. */
export function processorSeconds(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

export function sample(pid: number | undefined): Sample {
  let generator: number | undefined;
  try {
    generator = processorSeconds(readFileSync(`/proc/${pid ?? "none"}/stat`, "utf8"));
  } catch {
    // Another system, or the process has just ended.
  }
  const machine = cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  return { at: performance.now() / 1000, generator, machine: machine / 1000 };
}

function use(samples: readonly Sample[], of: (s: Sample) => number | undefined) {
  const points = samples.flatMap((s) => {
    const value = of(s);
    return value === undefined ? [] : [{ at: s.at, value }];
  });
  const between = (from: number, to: number): number => {
    const [a, b] = [points[from], points[to]];
    return a === undefined || b === undefined || b.at <= a.at ? 0 : (b.value - a.value) / (b.at - a.at);
  };
  const last = points.length - 1;
  if (last < 1) return undefined;
  const width = Math.min(PEAK_SAMPLES, last);
  const peak = Math.max(...points.slice(width).map((_, i) => between(i, i + width)));
  return { mean: between(0, last), peak };
}

/** Needs two samples at least. */
export function cpuUse(samples: readonly Sample[], cores = cpus().length): CpuUse {
  const machine = use(samples, (s) => s.machine) ?? { mean: 0, peak: 0 };
  return { cores, machine, generator: use(samples, (s) => s.generator) };
}
