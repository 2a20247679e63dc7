import { setTimeout as pause } from "node:timers/promises";
import type { Log } from "./log.ts";

/**
 * Runs `work` until it returns true or the signal is aborted: after a failure or a false, waits 1, 2, 4 ... 60 s
 * with some spread. Never throws.
 */
export async function repeat(
  what: string,
  log: Log,
  signal: AbortSignal,
  work: () => Promise<boolean>,
): Promise<void> {
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    try {
      if (await work()) return;
    } catch (error) {
      log.warn({ err: error, what }, "failed, and will be tried again");
    }
    const delay = Math.min(1000 * 2 ** attempt, 60_000) * (0.8 + Math.random() * 0.4);
    await pause(delay, undefined, { signal }).catch(() => undefined);
  }
}

/**
 * Runs `work` about every `interval` milliseconds, one after the other, until the signal is aborted. Never throws.
 * The spread keeps replicas that started together from getting in each other's way for ever.
 */
export async function every(
  interval: number,
  what: string,
  log: Log,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await work().catch((error: unknown) => log.warn({ err: error, what }, "failed, and will be tried again"));
    await pause(interval * (0.9 + Math.random() * 0.2), undefined, { signal }).catch(() => undefined);
  }
}
