import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { analyse, type Analysis } from "./analyse.ts";
import { BadFile } from "./bad-file.ts";
import { neutralise } from "./clean.ts";
import type { Source } from "./source.ts";

const read = (
  content: Buffer | string,
  order: "dmy" | "mdy" = "dmy",
  progress: (share: number) => void = () => undefined,
): Promise<Analysis> => {
  const all = Buffer.from(content);
  // In odd pieces, so that letters and ends of lines are cut.
  const source: Source = {
    size: all.length,
    *pieces() {
      for (let at = 0; at < all.length; at += 999) yield all.subarray(at, at + 999);
    },
  };
  return analyse({ source, order, unnamed: (number) => `Column ${number}`, progress });
};
const cleaned = ({ cleaned: packed }: Analysis): string => gunzipSync(packed?.gzip ?? "").toString();
const kinds = ({ columns }: Analysis): string[] => columns.map(({ kind }) => kind);
const bad = async (content: Buffer | string): Promise<unknown> => {
  const error: unknown = await read(content).catch((cause: unknown) => cause);
  return error instanceof BadFile ? [error.key, error.values] : error;
};

/** Windows-1251, which Node does not write. */
const cyrillic = (text: string): Buffer =>
  Buffer.from(
    Array.from(text, (letter) =>
      letter >= "А" && letter <= "я" ? letter.charCodeAt(0) - 0x350 : letter.charCodeAt(0),
    ),
  );

test.each([
  ["an Excel file", "PK\x03\x04\x14\0", "csv-bad-excel", {}],
  ["an old Excel file", Buffer.from("d0cf11e0a1b11ae1", "hex"), "csv-bad-excel", {}],
  ["a picture", Buffer.from("89504e470d0a1a0a", "hex"), "csv-bad-picture", {}],
  ["an archive", Buffer.from("1f8b0800", "hex"), "csv-bad-archive", {}],
  ["a program", "MZ\x90\0\x03", "csv-bad-kind", {}],
  ["a page", "\n<html><table>", "csv-bad-kind", {}],
  ["nothing", "", "csv-bad-empty", {}],
  ["only blank lines", "\n\r\n  \n", "csv-bad-empty", {}],
  ["only a mark", "\ufeff", "csv-bad-empty", {}],
  ["only a header", "name,amount\n", "csv-bad-header-only", {}],
  ["a quote that never closes", 'a,b\n1,2\n3,"4\n5,6\n', "csv-bad-quote", { line: 3 }],
  ["one that swallows too much", `a,b\n1,2\n"${"x,y\n".repeat(100_000)}`, "csv-bad-quote", { line: 3 }],
  ["a cell of 10 MB", `a,b\n1,${"x".repeat(10_000_000)}\n`, "csv-bad-long", { line: 2 }],
  ["a NUL", "a,b\n1,2\n3,\0\n", "csv-bad-nul", { line: 3 }],
  ["a million columns", ",".repeat(200_000), "csv-bad-columns", { line: 1, columns: 200_001, max: 200 }],
  ["mixed separators", "a,b,c\n1;2;3\n4;5;6\n", "csv-bad-cells", { line: 2, cells: 3, wanted: 1 }],
])("%s is told with its reason", async (_, content, key, values) => {
  expect(await bad(content)).toEqual([key, values]);
});

test.each([
  ["UTF-8", Buffer.from("имя;сумма\nАда;1,5\n"), "utf-8"],
  ["UTF-8 with a mark", Buffer.from("\ufeffимя;сумма\nАда;1,5\n"), "utf-8"],
  ["UTF-16 with a mark", Buffer.from("\ufeffимя;сумма\nАда;1,5\n", "utf16le"), "utf-16le"],
  ["UTF-16 without", Buffer.from(`имя;сумма\nАда;1,5\n${"A;2\nB;33\n".repeat(9)}`, "utf16le"), "utf-16le"],
  ["UTF-16, the other way", Buffer.from("\ufeffимя;сумма\nАда;1,5\n", "utf16le").swap16(), "utf-16be"],
  ["Windows-1251", cyrillic("имя;сумма\nАда;1,5\n"), "windows-1251"],
])("a file in %s is recognised", async (_, content, encoding) => {
  const analysis = await read(content);
  expect(analysis.layout).toEqual({ encoding, delimiter: ";" });
  expect(cleaned(analysis)).toMatch(/^\ufeffимя;сумма\r\nАда;1,5\r\n/);
  expect(kinds(analysis)).toEqual(["text", "number"]);
});

test("accented letters of the West are not taken for Cyrillic, and a damaged letter not for another encoding", async () => {
  const western = Buffer.from("name,city\nJosé,Zürich\nRené,Genève\n", "latin1");
  expect((await read(western)).layout.encoding).toBe("windows-1252");
  const damaged = Buffer.concat([Buffer.from(`имя\n${"Мария\n".repeat(20)}`), Buffer.from([0xd0, 10])]);
  expect((await read(damaged)).layout.encoding).toBe("utf-8");
});

test.each([
  [",", "a,b\n1,2\n"],
  [";", "a;b\n1,5;2\n"],
  ["\t", "a\tb\n1\t2\n"],
  ["|", "a|b\n1|2\n"],
  ["^", "sep=^\na^b\n1^2\n"],
])("the delimiter %j is recognised", async (delimiter, content) => {
  const analysis = await read(content);
  expect(analysis.layout.delimiter).toBe(delimiter);
  expect(analysis.columns.map(({ name }) => name)).toEqual(["a", "b"]);
});

test.each([
  ["ends of lines of three kinds", "a,b\r1,2\r\n3,4\n5,6", 3],
  ["blank lines", "\n\na,b\n\n1,2\n\n\n3,4\n\n", 2],
  ["empty cells at the ends of lines", "a,b,,\n1,2,,\n3,4,,,\n", 2],
  ["a line's end between pieces", `a,b\r\n${"1,2\r\n".repeat(1000)}`, 1000],
])("a file with %s is read whole", async (_, content, rows) => {
  const analysis = await read(content);
  expect([analysis.rows, analysis.skipped]).toEqual([rows, 0]);
});

test("lines with other numbers of cells, and odd cells, are left out and told with their lines", async () => {
  const analysis = await read(
    'n,when\n1,2026-01-01\n2\n"3",2026-01-02,x\n"5\n",2026-01-03\nsix,2026-01-04\n7,soon\n8,2026-01-05\n9,2026-01-06\n10,2026-01-07\n',
  );
  expect(analysis).toMatchObject({ rows: 7, skipped: 2, odd: 2 });
  expect(analysis.problems).toEqual([
    { line: 3, cells: 1, wanted: 2 },
    { line: 4, cells: 3, wanted: 2 },
    { line: 7, column: "n", value: "six", wanted: "number" },
    { line: 8, column: "when", value: "soon", wanted: "date" },
  ]);
  expect(analysis.numbers[0]).toMatchObject({ count: 6, sum: 1 + 5 + 7 + 8 + 9 + 10 });
  expect(cleaned(analysis)).not.toContain(",x");
});

test("names of columns are made whole, and a file without them gets some", async () => {
  const analysis = await read(" a ,a,,__proto__,constructor,a\nx,x,x,x,x,x\n");
  expect(analysis.columns.map(({ name }) => name)).toEqual([
    "a",
    "a (2)",
    "Column 3",
    "__proto__",
    "constructor",
    "a (3)",
  ]);
  const bare = await read("Ada,5\nGrace,7\n");
  expect([bare.hasHeader, bare.rows, bare.columns[1]?.name]).toEqual([false, 2, "Column 2"]);
  expect((await read("country,2024,2025\nLatvia,1,2\n")).columns[2]?.name).toBe("2025");
});

test("a column decides how its dates and numbers are read, and others help where it cannot", async () => {
  const analysis = await read(
    "d;m;same;n;x\n31/01/2026;01/31/2026;01/02/2026;1,5;1,234\n01/02/2026;02/01/2026;01/03/2026;2,25;5,678\n",
  );
  expect(analysis.columns).toMatchObject([
    { kind: "date", order: "dmy" },
    { kind: "date", order: "mdy" },
    { kind: "date", order: "dmy" },
    { kind: "number", convention: "comma" },
    { kind: "number", convention: "comma" },
  ]);
  expect((await read("a\n01/02/2026\n", "mdy")).columns).toMatchObject([{ kind: "date", order: "mdy" }]);
  expect((await read("a,b\n1;000\n".replace(";", ","), "mdy")).columns).toMatchObject([
    { kind: "number" },
    { kind: "text" },
  ]);
});

test("codes, ids and long numbers are texts; years are times", async () => {
  const analysis = await read(
    "zip,id,phone no,amount,год\n01234,1,79991234567,5,2024\n01235,2,79991234568,6,2025\n",
  );
  expect(kinds(analysis)).toEqual(["text", "text", "text", "number", "date"]);
  expect(analysis.times?.step).toBe("year");
});

test("values of the same time are added up, or averaged where a sum means nothing", async () => {
  const analysis = await read("date,amount,price\n2026-01-01,1,10\n2026-01-01,2,20\n2026-01-02,5,50\n");
  expect(
    analysis.times?.lines.map(({ joined, points }) => [joined, points.map(([, value]) => value)]),
  ).toEqual([
    ["sum", [3, 5]],
    ["average", [15, 50]],
  ]);
});

test("a time axis that begins in the year 1 does", async () => {
  const { times } = await read("date,amount\n0001-01-01,1\n2026-05-01,2\n");
  expect(times?.lines[0]?.points.map(([time]) => new Date(time).toISOString().slice(0, 4))).toEqual([
    "0001",
    "2026",
  ]);
});

test("the median of a long column is near the true one", async () => {
  const values = Array.from({ length: 60_000 }, (_, n) => (n * 7919) % 60_000);
  const { numbers } = await read(`n\n${values.join("\n")}\n`);
  expect(numbers[0]).toMatchObject({ count: 60_000, min: 0, max: 59_999, sum: (59_999 * 60_000) / 2 });
  expect(numbers[0]?.sample.complete).toBe(false);
  expect(Math.abs((numbers[0]?.sample.median() ?? 0) - 30_000)).toBeLessThan(3000);
});

test("too many different texts are no category, and no memory", async () => {
  const rows = Array.from({ length: 5000 }, (_, n) => `name ${n},${n % 3 === 0 ? "x" : "y"},1`);
  const { categories } = await read(`name,kind,n\n${rows.join("\n")}\n`);
  expect(categories.map(({ name, categories: all }) => [name, all.length])).toEqual([["kind", 2]]);
});

test("the tidied table is the same table, read again, and none of its cells is a formula", async () => {
  const analysis = await read('=a;"b;c"\n" =1+1 ";"say ""hi"""\n-5;+cmd\n"two\nlines";@x\n');
  const text = cleaned(analysis);
  expect(text).toBe('\ufeff\'=a;"b;c"\r\n\'=1+1;"say ""hi"""\r\n-5;\'+cmd\r\n"two\nlines";\'@x\r\n');
  const again = await read(text);
  expect(cleaned(again)).toBe(text);
  expect(again.columns.every(({ name }) => neutralise(name) === name)).toBe(true);
});

test("it tells how far it is", async () => {
  const shares: number[] = [];
  await read(`a,b\n${"1,2\n".repeat(10_000)}`, "dmy", (share) => shares.push(share));
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.length).toBeGreaterThan(10);
  expect(shares.at(-1)).toBe(1);
});
