import { setTimeout as pause } from "node:timers/promises";
import type { Stack } from "./stack.ts";

/** Lets so many new people write the same again and again; resolves with what makes them stop. */
export async function talk(
  stack: Stack,
  people: number,
  everyMs: number,
  text: () => string,
): Promise<() => Promise<void>> {
  const writers = await stack.people(people);
  // Most of what the bot does is for people whom it knows.
  await Promise.all(writers.map((write) => write("/start")));
  const stopping = new AbortController();
  const loops = writers.map(async (write, i) => {
    // Not all in the same moment.
    await pause((everyMs * i) / people, undefined, { signal: stopping.signal }).catch(() => undefined);
    while (!stopping.signal.aborted) {
      await write(text()).catch(() => undefined);
      await pause(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  });
  return async () => {
    stopping.abort();
    await Promise.all(loops);
  };
}
