import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { PEOPLE_RANGE } from "./k6/lib/people.ts";

const stats = z.object({ sink_calls: z.number() });

/** Throws when no simulator answers there, or when it refuses. */
export async function call(base: string, path: string, init: RequestInit = {}): Promise<unknown> {
  const url = new URL(path, base).href;
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(5000) }).catch((cause: unknown) => {
    throw new Error(`no simulator answers at ${url}: start the stack, or leave out --simulator`, { cause });
  });
  if (!answer.ok) throw new Error(`the simulator refused ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** Makes the simulator accept and forget messages to the people of load tests. */
export async function openSink(simulator: string): Promise<void> {
  await call(simulator, "/simulator/api/sink", {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(PEOPLE_RANGE),
  });
}

/** Calls that the bot has made for people of load tests so far. */
export async function sinkCalls(simulator: string): Promise<number> {
  return stats.parse(await call(simulator, "/simulator/api/stats")).sink_calls;
}

/** The same once it has stopped growing: the last answers leave after their updates are acknowledged. */
export async function settledSinkCalls(simulator: string, patienceMs = 10_000): Promise<number> {
  const until = Date.now() + patienceMs;
  let before = await sinkCalls(simulator);
  while (Date.now() < until) {
    await delay(500);
    const now = await sinkCalls(simulator);
    if (now === before) break;
    before = now;
  }
  return before;
}
