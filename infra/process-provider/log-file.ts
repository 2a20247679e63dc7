import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

/** A log is cut at this size and the last two pieces are kept: at most 30 MB for a process. */
const MAX_BYTES = 10 * 1024 * 1024;
const KEPT = 2;

export interface LogFile {
  write(chunk: Buffer | string): void;
  close(): void;
}

/**
 * An append-only log with rotation. A full disk loses lines, never the process: what could not be written is
 * counted and reported with the first line that can be.
 */
export function openLog(path: string, maxBytes = MAX_BYTES): LogFile {
  mkdirSync(dirname(path), { recursive: true });
  let fd: number | undefined;
  let size = 0;
  let lost = 0;

  const open = (): number => {
    fd ??= openSync(path, "a", 0o600);
    size = fstatSync(fd).size;
    return fd;
  };
  const close = (): void => {
    if (fd !== undefined) closeSync(fd);
    fd = undefined;
  };
  const rotate = (): void => {
    close();
    for (let i = KEPT; i >= 1; i -= 1) {
      try {
        renameSync(i === 1 ? path : `${path}.${i - 1}`, `${path}.${i}`);
      } catch {
        // That piece does not exist yet.
      }
    }
  };

  return {
    write(chunk) {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      try {
        if (size >= maxBytes) rotate();
        const file = fd ?? open();
        if (lost > 0) size += writeSync(file, `[${lost} bytes of log lost: the disk was full]\n`);
        lost = 0;
        size += writeSync(file, bytes);
      } catch {
        lost += bytes.length;
        // The next line opens the log anew: its folder may have moved to another disk meanwhile.
        close();
      }
    },
    close,
  };
}

/** Size in bytes: what a later reader skips to see only what is new. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** The last lines of a log after `begin` bytes, for an error message. */
export function lastLines(path: string, count: number, begin = 0): string[] {
  try {
    const bytes = readFileSync(path);
    // After a rotation everything is new.
    const text = bytes
      .subarray(bytes.length < begin ? 0 : begin)
      .toString()
      .trimEnd();
    return text === "" ? [] : text.split("\n").slice(-count);
  } catch {
    return [];
  }
}
