import { pino } from "pino";
import type { AnyJobKind } from "../jobs/job.ts";
import { runJobs } from "../jobs/runner.ts";
import type { Mentor } from "../mentor/mentor.ts";
import type { TestBot } from "./bot.ts";

/** A worker inside of the test's process, on the servers of a bot; the answer stops it. */
export function startWorker(bot: TestBot & { mentor?: Mentor }, ...kinds: AnyJobKind[]): () => Promise<void> {
  const stopping = new AbortController();
  const { database, api, mentor, sender, metrics } = bot;
  const running = runJobs({
    database,
    api,
    mentor,
    sender,
    kinds,
    metrics,
    log: pino({ level: "silent" }),
    signal: stopping.signal,
  });
  return async () => {
    stopping.abort();
    await running;
  };
}
