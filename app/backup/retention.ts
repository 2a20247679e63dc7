/** How many days and weeks keep a backup each. */
export interface Keep {
  readonly daily: number;
  readonly weekly: number;
}

const DAY_MS = 86_400_000;
const dayOf = (at: Date): number => Math.floor(at.getTime() / DAY_MS);
/** Weeks begin on Monday; the first day of the epoch was a Thursday. */
const weekOf = (at: Date): number => Math.floor((dayOf(at) + 3) / 7);

/**
 * The backups that may go: all but the newest of each of the last days, and of each of the last weeks, that have one
 * (UTC). Days without a backup do not count, so that a long pause costs nothing. The newest one always stays, and so does
 * what was made within a day before it: somebody made it by hand, for a reason.
 */
export function expired<B extends { readonly created: Date }>(backups: readonly B[], keep: Keep): B[] {
  const newestFirst = [...backups].sort((a, b) => b.created.getTime() - a.created.getTime());
  const recent = (newestFirst[0]?.created.getTime() ?? 0) - DAY_MS;
  const kept = new Set(newestFirst.filter(({ created }) => created.getTime() > recent));
  for (const [periodOf, count] of [
    [dayOf, keep.daily],
    [weekOf, keep.weekly],
  ] as const) {
    const newest = new Map<number, B>();
    for (const backup of newestFirst) {
      const period = periodOf(backup.created);
      if (!newest.has(period)) newest.set(period, backup);
    }
    for (const backup of [...newest.values()].slice(0, count)) kept.add(backup);
  }
  return newestFirst.filter((backup) => !kept.has(backup));
}
