import { setTimeout as pause } from "node:timers/promises";
import { isFree } from "../../infra/process-provider/ports.ts";

/**
 * Asks until the answer is neither undefined nor false, and returns it. An error counts as "not yet". After `limit`
 * milliseconds it throws, saying what was waited for, with the last error as the cause, even while a question hangs.
 */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  limit = 15_000,
): Promise<T> {
  const over = AbortSignal.timeout(limit);
  const late = new Promise<undefined>((resolve) => over.addEventListener("abort", () => resolve(undefined)));
  let problem: unknown;
  for (;;) {
    try {
      const answer = await Promise.race([ask(), late]);
      if (answer !== undefined && answer !== false) return answer;
      if (!over.aborted) problem = undefined;
    } catch (error) {
      problem = error;
    }
    if (over.aborted) throw new Error(`waited ${limit} ms in vain until ${what}`, { cause: problem });
    await pause(15);
  }
}

/**
 * A port of the loopback that nothing listens on right now. It lies below those that systems give to connections (from 32768
 * on Linux, 49152 on macOS): of these, one that is free now may be some connection's own a moment later.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 10_000);
    if (await isFree(port)) return port;
  }
}
