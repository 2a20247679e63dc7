import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

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

/** A port of the loopback that nothing listens on right now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = address !== null && typeof address === "object" ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
