import { setTimeout as delay } from "node:timers/promises";
import { entryReader, inOrder, isWanted, type Entry } from "./log-entry.ts";
import type { Level } from "./log-line.ts";
import type { LogSource, Site } from "./site.ts";

export interface LogRequest {
  /** Workloads or replicas; all when there is none. */
  readonly names: readonly string[];
  readonly since: Date | undefined;
  readonly level: Level;
  /** How many lines in all, where `since` is not given. */
  readonly last: number;
}

/** How long lines of several logs are held to be put in order, in milliseconds. */
const HOLD_MS = 300;
/** How often new replicas are looked for. */
const LOOK_MS = 2000;

/** The logs of these workloads or, where none is called so, of the replicas whose names begin so. Throws with the names that there are. */
export function chosen(sources: readonly LogSource[], names: readonly string[]): LogSource[] {
  if (names.length === 0) return [...sources];
  return names.flatMap((name) => {
    const own = sources.filter(({ workload }) => workload === name);
    const found = own.length > 0 ? own : sources.filter((one) => one.name.startsWith(name));
    if (found.length > 0) return found;
    const known = [...new Set(sources.map(({ workload }) => workload))].sort().join(", ");
    throw new Error(`there is no log of ${JSON.stringify(name)}; there are ${known}`);
  });
}

/** What was written so far, or before `until`, by time. */
export async function pastLogs(
  sources: readonly LogSource[],
  { since, level, last }: LogRequest,
  until?: Date,
): Promise<Entry[]> {
  const isLate = isWanted(level, since);
  const isOne = (entry: Entry): boolean => (until === undefined || entry.time < until) && isLate(entry);
  // Only what is left after choosing by level counts, so all has to be read then.
  const depth = level === "trace" ? last : Infinity;
  const all = await Promise.all(
    sources.map(async (source) => {
      const read = entryReader(source);
      let entries: Entry[] = [];
      for await (const line of source.read(
        { since, last: depth, follow: false },
        new AbortController().signal,
      )) {
        const entry = read(line);
        if (isOne(entry)) entries.push(entry);
        if (since === undefined && entries.length > 2 * last) entries = entries.slice(-last);
      }
      return entries;
    }),
  );
  const merged = inOrder(all.flat());
  return since === undefined ? merged.slice(-last) : merged;
}

/**
 * What is written from `from` on, until the signal; also by replicas that come later. Lines are held for a moment, so
 * that those of several logs come by time.
 */
export async function* followLogs(
  site: Pick<Site, "logs">,
  { names, level }: LogRequest,
  from: Date,
  signal: AbortSignal,
): AsyncGenerator<Entry> {
  const isOne = isWanted(level, from);
  let held: Entry[] = [];
  /** By name: since when the next reader has to read, or undefined while one reads. */
  const next = new Map<string, Date | undefined>();
  async function take(source: LogSource, since: Date): Promise<void> {
    const read = entryReader(source);
    for await (const line of source.read({ since, last: Infinity, follow: true }, signal)) {
      const entry = read(line);
      if (isOne(entry) && entry.time >= since) held.push(entry);
    }
  }
  async function look(): Promise<void> {
    for (const source of chosen(await site.logs(), names)) {
      const since = next.get(source.name) ?? from;
      const reads = next.has(source.name) && next.get(source.name) === undefined;
      if (reads || (source.over === true && next.has(source.name))) continue;
      next.set(source.name, undefined);
      // One that cannot be read now, or ends, may be there again later.
      void take(source, since)
        .catch(() => undefined)
        .then(() => next.set(source.name, new Date()));
    }
  }
  let looked = -Infinity;
  while (!signal.aborted) {
    if (performance.now() - looked > LOOK_MS) {
      looked = performance.now();
      // What does not answer now may answer the next time.
      await look().catch(() => undefined);
    }
    await delay(HOLD_MS, undefined, { signal }).catch(() => undefined);
    const batch = held;
    held = [];
    yield* inOrder(batch);
  }
}
