import { BadFile } from "./bad-file.ts";
import type { Source } from "./source.ts";

export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1251" | "windows-1252";

/** What files of other kinds begin with, in Latin-1, and the text that says so. */
const otherKinds: readonly (readonly [start: string, key: string])[] = [
  ["PK\x03\x04", "csv-bad-excel"], // xlsx and ods are zip archives
  ["\xd0\xcf\x11\xe0", "csv-bad-excel"], // xls
  ["\x89PNG", "csv-bad-picture"],
  ["\xff\xd8\xff", "csv-bad-picture"],
  ["GIF8", "csv-bad-picture"],
  ["\x1f\x8b", "csv-bad-archive"],
  ["7z\xbc\xaf", "csv-bad-archive"],
  ["Rar!", "csv-bad-archive"],
  ["%PDF", "csv-bad-kind"],
  ["MZ", "csv-bad-kind"],
  ["\x7fELF", "csv-bad-kind"],
  ["{\\rtf", "csv-bad-kind"],
  ["<", "csv-bad-kind"], // HTML and XML, which some programs save as .csv or .xls
  ["{", "csv-bad-kind"], // JSON
];

const marks: readonly (readonly [bytes: string, encoding: Encoding])[] = [
  ["\xef\xbb\xbf", "utf-8"],
  ["\xff\xfe", "utf-16le"],
  ["\xfe\xff", "utf-16be"],
];

/** UTF-16 without a mark: in text with ASCII every other byte is zero, always the same one of two. */
function looksWide(head: Buffer): Encoding | undefined {
  const zeros = [0, 0];
  for (const [index, byte] of head.entries()) if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const many = head.length / 8;
  if (odd > many && even < many / 10) return "utf-16le";
  if (even > many && odd < many / 10) return "utf-16be";
  return undefined;
}

function isUtf8(source: Source): boolean {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    for (const part of source.pieces()) decoder.decode(part, { stream: true });
    decoder.decode();
    return true;
  } catch {
    return false;
  }
}

/** The share of letters beyond ASCII that are unreadable as UTF-8. */
function damage(source: Source): number {
  const decoder = new TextDecoder("utf-8");
  let letters = 0;
  let damaged = 0;
  for (const part of source.pieces()) {
    const text = decoder.decode(part, { stream: true });
    letters += text.match(/[^\0-\x7f]/gu)?.length ?? 0;
    damaged += text.match(/\ufffd/gu)?.length ?? 0;
  }
  return damaged / letters;
}

/**
 * Cyrillic words in one byte per letter are runs of bytes above 0xC0; the accented letters of Western languages stand
 * between letters of ASCII.
 */
function oneByte(source: Source): Encoding {
  let high = 0;
  let neighbours = 0;
  for (const piece of source.pieces()) {
    let before = false;
    for (const byte of piece) {
      const letter = byte >= 0xc0;
      if (letter) high += 1;
      if (letter && before) neighbours += 1;
      before = letter;
    }
  }
  return neighbours > high / 2 ? "windows-1251" : "windows-1252";
}

function headOf(source: Source): Buffer {
  for (const piece of source.pieces()) return Buffer.from(piece);
  return Buffer.alloc(0);
}

/**
 * Recognises the encoding of a file. Up to one unreadable letter in twenty is taken for damage, not for another
 * encoding. Throws BadFile when it is no text.
 */
export function encodingOf(source: Source): Encoding {
  const head = headOf(source);
  const start = head.toString("latin1", 0, 8);
  const mark = marks.find(([known]) => start.startsWith(known));
  if (mark !== undefined) return mark[1];
  const kind = otherKinds.find(([known]) => start.trimStart().startsWith(known));
  if (kind !== undefined) throw new BadFile(kind[1]);
  const wide = looksWide(head);
  if (wide !== undefined) return wide;

  return isUtf8(source) || damage(source) <= 1 / 20 ? "utf-8" : oneByte(source);
}

/** The text in pieces with `\n` at the end of every line, whatever it was, and the bytes read so far. */
export function* decode(source: Source, encoding: Encoding): Generator<{ text: string; read: number }> {
  const decoder = new TextDecoder(encoding);
  let read = 0;
  let held = "";
  for (const part of source.pieces()) {
    read += part.length;
    const text = held + decoder.decode(part, { stream: true });
    // The other half of a line's end may come with the next piece.
    held = text.endsWith("\r") ? "\r" : "";
    yield { text: text.slice(0, text.length - held.length).replace(/\r\n?/g, "\n"), read };
  }
  yield { text: (held + decoder.decode()).replace(/\r\n?/g, "\n"), read };
}
