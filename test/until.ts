import { setTimeout as delay } from "node:timers/promises";

/**
 * Asks until the answer is neither undefined nor false, and returns it. An error counts as "not yet"; the last
 * one is told when the time is over.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  seconds = 30,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  let problem: unknown = "no answer";
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      problem = error;
    }
    await delay(100);
  }
  throw new Error(`waited ${seconds} s in vain: ${what}`, { cause: problem });
}
