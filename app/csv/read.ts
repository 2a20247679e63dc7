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
  const thread = new Worker(new URL("./thread.ts", import.meta.url), {
    workerData: task satisfies Task,
    resourceLimits,
  });
  try {
    return await new Promise<Reading | Missing>((resolve, reject) => {
      thread.on("message", (told: Told) => {
        if ("share" in told) progress(told.share).catch(reject);
        else if ("reading" in told) resolve(told.reading);
        else if ("missing" in told) resolve(told.missing);
        else reject(new BadFile(told.bad.key, told.bad.values));
      });
      thread.on("error", reject);
      thread.on("exit", (code) => reject(new Error(`the thread ended with ${code}`)));
      signal.addEventListener("abort", () => reject(signal.reason as Error));
    });
  } finally {
    await thread.terminate();
  }
}
