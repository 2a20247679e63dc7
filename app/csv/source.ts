import { readSync } from "node:fs";

/** A file to be read, from the beginning each time. */
export interface Source {
  /** Bytes. */
  readonly size: number;
  /** Its bytes in pieces; each is overwritten by the next. */
  pieces(): Iterable<Buffer>;
}

/** Bytes that are read and decoded at once. */
const piece = 64 * 1024;

/** The source that is an open file. */
export function openFile(fd: number, size: number): Source {
  return {
    size,
    *pieces() {
      const buffer = Buffer.alloc(piece);
      for (let at = 0; at < size;) {
        const read = readSync(fd, buffer, 0, piece, at);
        if (read === 0) return;
        yield buffer.subarray(0, read);
        at += read;
      }
    },
  };
}
