/** After this many restarts in a row the program counts as broken. */
const MAX_RESTARTS = 10;
const FIRST_DELAY_MS = 200;
const MAX_DELAY_MS = 30_000;
/** A program that ran this long was healthy: the next failure is a new one. */
const STABLE_MS = 60_000;

/**
 * What follows when a program has ended after `ranMs` milliseconds and `restarts` restarts in a row: the number
 * of the next restart and the milliseconds to wait before it; undefined when it is given up.
 */
export function nextRestart(
  restarts: number,
  ranMs: number,
): { number: number; delayMs: number } | undefined {
  const before = ranMs >= STABLE_MS ? 0 : restarts;
  if (before >= MAX_RESTARTS) return undefined;
  return { number: before + 1, delayMs: Math.min(FIRST_DELAY_MS * 2 ** before, MAX_DELAY_MS) };
}
