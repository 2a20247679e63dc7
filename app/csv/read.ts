import { Worker } from "node:worker_threads";
import type { Download } from "../telegram/download.ts";
import type { Locale } from "../telegram/texts.ts";
import { BadFile } from "./bad-file.ts";
import type { Packed } from "./packed.ts";

/** What a file says, ready to be sent. */
export interface Reading {
  readonly rows: number;
  /** HTML. */
  readonly summary: string;
  readonly chart: { readonly png: Uint8Array; readonly title: string } | undefined;
  /** Undefined when it is larger than a bot may send. */
  readonly cleaned: Packed | undefined;
}

/** What the thread gets. */
export interface Task {
  /** Where the file is. */
  readonly url: string;
  /** A new file that it is written to. */
  readonly fd: number;
  readonly name: string;
  readonly locale: Locale;
}

/** Why there is no file. */
export type Missing = Exclude<Download, { ok: true }>;

/** What the thread tells. */
export type Told =
  | { readonly share: number }
  | { readonly reading: Reading }
  | { readonly missing: Missing }
  | { readonly bad: Pick<BadFile, "key" | "values"> };

/**
 * Bounds of the thread's heap, in megabytes: without, V8 would rather grow than collect. A file of 20 MB needs about
 * half of it.
 */
const resourceLimits = { maxOldGenerationSizeMb: 40, maxYoungGenerationSizeMb: 4 };

/**
 * Milliseconds for which a thread waits for another file. To start one costs as much processor time as to read a megabyte;
 * one that waits holds some 50 MB.
 */
const idleMs = 30_000;
const idle = new Map<Worker, NodeJS.Timeout>();

/** Only these: without its own listeners a worker gives no messages any more. */
function forget(thread: Worker): void {
  for (const event of ["message", "error", "exit"]) thread.removeAllListeners(event);
}

function take(): Worker {
  const [waiting] = idle;
  if (waiting === undefined) return new Worker(new URL("./thread.ts", import.meta.url), { resourceLimits });
  const [thread, timer] = waiting;
  clearTimeout(timer);
  idle.delete(thread);
  forget(thread);
  thread.ref();
  return thread;
}

function leave(thread: Worker): void {
  forget(thread);
  const drop = () => {
    idle.delete(thread);
    void thread.terminate();
  };
  // Without a listener an error of it would be one of the process.
  thread.on("error", drop);
  thread.on("exit", drop);
  thread.unref();
  idle.set(thread, setTimeout(drop, idleMs).unref());
}

interface Options extends Task {
  readonly signal: AbortSignal;
  /** Told which part is done, from 0 to 1. When it fails, reading ends with that error. */
  readonly progress: (share: number) => Promise<void>;
}

/**
 * Gets and reads a file in a thread of its own: seconds of work that hold up nothing else, in bounded memory, and can be
 * stopped at any point. Throws BadFile when it cannot be read, and the signal's reason.
 */
export async function readCsv({ signal, progress, ...task }: Options): Promise<Reading | Missing> {
  signal.throwIfAborted();
  const thread = take();
  let whole = false;
  const stopped = new AbortController();
  try {
    const told = await new Promise<Exclude<Told, { share: number }>>((resolve, reject) => {
      thread.on("message", (message: Told) => {
        if ("share" in message) progress(message.share).catch(reject);
        else resolve(message);
      });
      thread.on("error", reject);
      thread.on("exit", (code) => reject(new Error(`the thread ended with ${code}`)));
      signal.addEventListener("abort", () => reject(signal.reason as Error), { signal: stopped.signal });
      thread.postMessage(task satisfies Task);
    });
    whole = true;
    if ("reading" in told) return told.reading;
    if ("missing" in told) return told.missing;
    throw new BadFile(told.bad.key, told.bad.values);
  } finally {
    stopped.abort();
    if (whole) leave(thread);
    else await thread.terminate();
  }
}
