import { write as writeFile } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** What may wait in memory while the reader is slow or the disk is full; the lines after that are dropped. */
const maxWaiting = 4 * 1024 * 1024; // characters
const batch = 4096;
const flushInterval = 200;

export interface Output {
  readonly write: (line: string) => void;
  /** Writes what waits, and ends the process. */
  readonly exit: (code: number) => void;
  /** Writes what waits; false when that takes more than a second. Never throws. */
  readonly flush: () => Promise<boolean>;
}

/**
 * Writes lines to a file descriptor in the background, in batches. By hand, because pino's own destination
 * tries for ever to flush to a full disk or a closed pipe, and the process would never end.
 */
export function createOutput(fd: number): Output {
  let waiting: string[] = [];
  let size = 0;
  let dropped = 0;
  let writing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  function start(): void {
    clearTimeout(timer);
    timer = undefined;
    if (writing !== undefined || waiting.length === 0) return;
    const reported = dropped;
    const lost =
      reported === 0 ? "" : `{"level":"warn","dropped":${reported},"msg":"log lines were dropped"}\n`;
    const lines = waiting.length;
    const chunk = Buffer.from(lost + waiting.join(""));
    waiting = [];
    size = 0;
    writing = writeAll(chunk).then((written) => {
      dropped += written ? -reported : lines;
      writing = undefined;
      if (size >= batch) start();
      else if (waiting.length > 0) schedule();
    });
  }

  function schedule(): void {
    timer ??= setTimeout(start, flushInterval).unref();
  }

  /** False when it could not be written: nobody reads, or there is no space. */
  async function writeAll(chunk: Buffer): Promise<boolean> {
    let rest = chunk;
    while (rest.length > 0) {
      const written = await new Promise<number | string>((resolve) => {
        writeFile(fd, rest, (error, bytes) => resolve(error === null ? bytes : (error.code ?? "")));
      });
      if (typeof written === "number") rest = rest.subarray(written);
      else if (written === "EAGAIN" || written === "EBUSY") await pause(50, undefined, { ref: false });
      else return false;
    }
    return true;
  }

  async function drain(): Promise<void> {
    while (writing !== undefined || waiting.length > 0) {
      start();
      await writing;
    }
  }

  const flush = () => Promise.race([drain().then(() => true), pause(1000, false)]);

  return {
    write: (line) => {
      if (size + line.length > maxWaiting) {
        dropped += 1;
        return;
      }
      waiting.push(line);
      size += line.length;
      if (size >= batch) start();
      else schedule();
    },
    flush,
    exit: (code) => {
      void flush().then((done) => {
        if (done) process.exit(code);
        // A thread is stuck in writing, and an orderly exit would wait for it.
        process.kill(process.pid, "SIGKILL");
      });
    },
  };
}
