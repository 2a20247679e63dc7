import type { BackupCause } from "../database/backup-requests.ts";

/** How many days and weeks keep a backup each. */
export interface Keep {
  readonly daily: number;
  readonly weekly: number;
}

interface Kept {
  readonly created: Date;
  readonly manifest?: { readonly cause?: BackupCause | undefined };
}

const DAY_MS = 86_400_000;
const dayOf = (at: Date): number => Math.floor(at.getTime() / DAY_MS);
/** Weeks begin on Monday; the first day of the epoch was a Thursday. */
const weekOf = (at: Date): number => Math.floor((dayOf(at) + 3) / 7);
const isWeekly = ({ manifest }: Kept): boolean => manifest?.cause === "weekly";

/** One for each of the newest periods that have any: the first one of the list. */
function firstOfEach<B extends Kept>(
  backups: readonly B[],
  periodOf: (at: Date) => number,
  count: number,
): B[] {
  const first = new Map<number, B>();
  for (const backup of backups) {
    const period = periodOf(backup.created);
    if (!first.has(period)) first.set(period, backup);
  }
  const newest = [...first.keys()].sort((a, b) => b - a).slice(0, count);
  return [...first].flatMap(([period, backup]) => (newest.includes(period) ? [backup] : []));
}

/**
 * The backups that may go: all but one of each of the last days, and of each of the last weeks, that have one (UTC): the
 * newest one, of a week rather that of its schedule. Days without a backup do not count, so that a long pause costs
 * nothing. The newest one always stays, and so does what was made within a day before it: somebody made it by hand, for
 * a reason.
 */
export function expired<B extends Kept>(backups: readonly B[], keep: Keep): B[] {
  const newestFirst = [...backups].sort((a, b) => b.created.getTime() - a.created.getTime());
  const weeklyFirst = [...newestFirst].sort((a, b) => Number(isWeekly(b)) - Number(isWeekly(a)));
  const recent = (newestFirst[0]?.created.getTime() ?? 0) - DAY_MS;
  const kept = new Set([
    ...newestFirst.filter(({ created }) => created.getTime() > recent),
    ...firstOfEach(newestFirst, dayOf, keep.daily),
    ...firstOfEach(weeklyFirst, weekOf, keep.weekly),
  ]);
  return newestFirst.filter((backup) => !kept.has(backup));
}
