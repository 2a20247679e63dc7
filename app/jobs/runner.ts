import { setTimeout as pause } from "node:timers/promises";
import {
  endJob,
  extendLeases,
  held,
  leaseJobs,
  noteError,
  retryJob,
  returnJobs,
  type LeasedJob,
} from "../database/jobs.ts";
import { addCalls, type Call } from "../database/outbox.ts";
import type { JobOutcome } from "../metric-labels.ts";
import type { Metrics } from "../metrics.ts";
import type { Sender } from "../telegram/sender.ts";
import { goodbyeOf, Hopeless, type AnyJobKind, type Conclusion, type Tools } from "./job.ts";

interface Options extends Tools {
  readonly sender: Sender;
  readonly kinds: readonly AnyJobKind[];
  readonly metrics: Metrics;
  readonly signal: AbortSignal;
}

/** Milliseconds between two looks for jobs while there are none. */
const IDLE_MS = 250;
/** A third of the lease. */
const HEARTBEAT_MS = 10_000;
/** Milliseconds that running jobs get to end by themselves when the worker stops. */
const STOP_MS = 10_000;

class Lost extends Error {}

/** Seconds until the next try after so many: 2, 4, 8 ... 300, with some spread. */
const backoff = (attempts: number): number => Math.min(2 ** attempts, 300) * (0.8 + Math.random() * 0.4);

/** Does the jobs of the given kinds until the signal is aborted; resolves when the last one has ended. Never throws. */
export async function runJobs(options: Options): Promise<void> {
  const { database, api, mentor, sender, metrics, log, signal } = options;
  const kinds = new Map(options.kinds.map((kind) => [kind.kind, kind]));
  const running = new Map<string, { job: LeasedJob; stop: AbortController; done: Promise<void> }>();

  const free = (): Map<string, number> => {
    const counts = new Map(options.kinds.map(({ kind, parallel }) => [kind, parallel]));
    for (const { job } of running.values()) counts.set(job.kind, (counts.get(job.kind) ?? 0) - 1);
    return new Map([...counts].filter(([, count]) => count > 0));
  };

  /** Ends the job and commits its effects with that, then sends. Throws Lost when somebody else has it by now. */
  async function conclude(
    job: LeasedJob,
    outcome: "done" | "failed",
    conclusion: Conclusion | undefined,
    error?: string,
  ): Promise<void> {
    const { tx, rows } = await database.begin(job.userId, [endJob(job, outcome)]);
    let calls: readonly Call[];
    try {
      if (!held(rows)) throw new Lost();
      if (error !== undefined) await noteError(tx.query, job.id, error);
      calls = (await conclusion?.(tx)) ?? [];
    } catch (cause) {
      await tx.rollback();
      throw cause;
    }
    await tx.commit(calls.length === 0 ? [] : [addCalls(undefined, calls, undefined)]);
    await Promise.all(
      [...new Set(calls.map(({ chatId }) => chatId))].map((chat) => sender.sendWaiting(chat, 0)),
    ).catch((cause: unknown) => log.warn({ job: job.id, err: cause }, "sending failed, and is tried again"));
  }

  async function failed(job: LeasedJob, kind: AnyJobKind, error: unknown): Promise<JobOutcome> {
    const line = { job: job.id, kind: job.kind, attempts: job.attempts, err: error };
    if (error instanceof Lost) {
      log.warn(line, "the job was cancelled, or went to another worker");
      return "lost";
    }
    if (job.attempts < kind.attempts && !(error instanceof Hopeless)) {
      log.warn(line, "a job failed, and is tried again");
      await retryJob(database, job, String(error), backoff(job.attempts));
      return "retried";
    }
    log.error(line, "a job failed for good");
    await conclude(job, "failed", goodbyeOf(kind, job.payload, job.userId), String(error));
    return "failed";
  }

  async function attempt(job: LeasedJob, kind: AnyJobKind, stop: AbortController): Promise<void> {
    const timer = metrics.jobDuration.startTimer({ kind: job.kind });
    const timeout = setTimeout(
      () => stop.abort(new Error(`it took longer than ${kind.limitSeconds} s`)),
      kind.limitSeconds * 1000,
    );
    let outcome: JobOutcome;
    try {
      const { data, error } = kind.payload.safeParse(job.payload);
      if (error !== undefined) throw new Hopeless(`the payload is none of this kind: ${error.message}`);
      const { id, userId, lease } = job;
      const check = async (): Promise<void> => {
        if ((await extendLeases(database, [lease])).size === 0) throw new Lost();
      };
      const work = kind.run({
        id,
        payload: data,
        userId,
        signal: stop.signal,
        check,
        database,
        api,
        mentor,
        log,
      });
      const aborted = new Promise<never>((_, reject) => {
        stop.signal.addEventListener("abort", () => reject(stop.signal.reason as Error));
      });
      await conclude(job, "done", await Promise.race([work, aborted]));
      outcome = "done";
    } catch (error) {
      // What could not be noted is tried again when the lease is over.
      outcome = await failed(job, kind, error).catch((cause: unknown): JobOutcome => {
        log.warn({ job: job.id, err: cause }, "the end of a job could not be noted");
        return "lost";
      });
    }
    clearTimeout(timeout);
    timer();
    metrics.jobs.inc({ kind: job.kind, outcome });
  }

  function start(job: LeasedJob): void {
    const kind = kinds.get(job.kind);
    if (kind === undefined) return;
    const stop = new AbortController();
    const done = attempt(job, kind, stop).finally(() => running.delete(job.lease));
    running.set(job.lease, { job, stop, done });
  }

  async function heartbeat(): Promise<void> {
    const leases = [...running.keys()];
    if (leases.length === 0) return;
    const valid = await extendLeases(database, leases);
    for (const lease of leases) if (!valid.has(lease)) running.get(lease)?.stop.abort(new Lost());
  }

  const beating = setInterval(() => {
    heartbeat().catch((error: unknown) => log.warn({ err: error }, "the leases could not be extended"));
  }, HEARTBEAT_MS);

  while (!signal.aborted) {
    let jobs: LeasedJob[] = [];
    try {
      const capacity = free();
      if (capacity.size > 0) jobs = await leaseJobs(database, capacity);
    } catch (error) {
      log.warn({ err: error }, "looking for jobs failed, and is tried again");
    }
    jobs.forEach(start);
    // Jobs that came in one look may be followed by more.
    if (jobs.length === 0) await pause(IDLE_MS, undefined, { signal }).catch(() => undefined);
  }

  const all = Promise.all([...running.values()].map(({ done }) => done));
  await Promise.race([all, pause(STOP_MS)]);
  const left = [...running.keys()];
  await returnJobs(database, left).catch((error: unknown) =>
    log.warn({ err: error }, "unfinished jobs could not be given back; their leases end by themselves"),
  );
  for (const lease of left) running.get(lease)?.stop.abort(new Lost());
  await all;
  clearInterval(beating);
}
