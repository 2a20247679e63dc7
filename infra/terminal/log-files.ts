import { open, stat, type FileHandle } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { RawLine, Wanted } from "./site.ts";

/** More than the last lines that anybody asks for. */
const TAIL_BYTES = 256 * 1024;
const CHUNK_BYTES = 256 * 1024;
const POLL_MS = 200;
const NEWLINE = 10;

/** A file that is read from its beginning, or nearly its end, to wherever it has got. */
function reader(file: FileHandle, from: number) {
  let at = from;
  let rest = Buffer.alloc(0);
  /** The lines that are whole. In the middle of a file, the first is not. */
  async function* lines(): AsyncGenerator<RawLine> {
    for (;;) {
      const chunk = Buffer.alloc(CHUNK_BYTES);
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      rest = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
      let begin = 0;
      for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE, begin)) {
        yield { text: rest.toString("utf8", begin, end) };
        begin = end + 1;
      }
      rest = rest.subarray(begin);
    }
  }
  return { lines, rest: (): RawLine[] => (rest.length === 0 ? [] : [{ text: rest.toString() }]) };
}

async function tailOf(file: FileHandle, count: number) {
  const { size } = await file.stat();
  const from = Math.max(0, size - TAIL_BYTES);
  const read = reader(file, from);
  const lines: RawLine[] = [];
  for await (const line of read.lines()) lines.push(line);
  return { read, lines: (from > 0 ? lines.slice(1) : lines).slice(-count) };
}

async function* pieceLines(path: string, { since, last }: Wanted): AsyncGenerator<RawLine> {
  let file: FileHandle;
  try {
    file = await open(path);
  } catch {
    // It was never made, or is a newer piece by now.
    return;
  }
  try {
    if (since !== undefined && (await file.stat()).mtime < since) return;
    if (since === undefined && Number.isFinite(last)) {
      yield* (await tailOf(file, last)).lines;
      return;
    }
    const read = reader(file, 0);
    yield* read.lines();
    yield* read.rest();
  } finally {
    await file.close();
  }
}

/**
 * The lines of a log that is cut into pieces (process-provider/log-file.ts), oldest first. Where it is cut while somebody
 * follows it, nothing is lost: the old piece is read to its end before the new one.
 */
export async function* readLog(path: string, wanted: Wanted, signal: AbortSignal): AsyncGenerator<RawLine> {
  const { since, last, follow } = wanted;
  let file = await open(path);
  try {
    const whole = since !== undefined || !Number.isFinite(last);
    const tail = whole ? { read: reader(file, 0), lines: [] } : await tailOf(file, last);
    let read = tail.read;
    const missing = last - tail.lines.length;
    if (whole) for (const piece of [2, 1]) yield* pieceLines(`${path}.${piece}`, wanted);
    else if (missing > 0) yield* pieceLines(`${path}.1`, { ...wanted, last: missing });
    yield* tail.lines;
    yield* read.lines();
    for (;;) {
      const cut = follow && (await wasCut(path, file));
      // Not every program notes the time.
      for await (const line of read.lines()) yield { ...line, time: new Date() };
      if (!follow || signal.aborted) break;
      if (cut) {
        await file.close();
        file = await open(path);
        read = reader(file, 0);
      } else await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
    yield* read.rest();
  } finally {
    await file.close();
  }
}

/** Whether another file is at the path by now. Asked before the rest of the old one is read. */
async function wasCut(path: string, file: FileHandle): Promise<boolean> {
  try {
    return (await stat(path)).ino !== (await file.stat()).ino;
  } catch {
    // Between two pieces.
    return false;
  }
}
