/** Telegram chooses a new first id between these, for a bot that had no updates for a week. */
const LOWEST = 2_000_001;
const HIGHEST = 1_000_000_000;
/** Ids that are kept free after those of every run, so that runs do not meet. */
const ROOM = 1_000_000;
const MOST_RUNS = 300;

/** Ids of updates, which grow by one, until somebody lets them jump. */
export function createUpdateIds(first: number) {
  const runs = [{ first, next: first }];
  let run = runs[0] ?? { first, next: first };
  return {
    next: (): number => run.next++,
    peek: (): number => run.next,
    /** Goes on with that id, if it is larger. */
    raise(id: number): void {
      run.next = Math.max(run.next, id);
    },
    /** Goes on with ids that have not been used, larger or smaller. */
    jump: (random: () => number): void => {
      let start: number;
      do start = LOWEST + Math.floor(random() * (HIGHEST - LOWEST));
      while (runs.some((r) => start > r.first - ROOM && start < r.next + ROOM));
      run = { first: start, next: start };
      runs.push(run);
      if (runs.length > MOST_RUNS) runs.shift();
    },
  };
}
