import { appendFileSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { until } from "../../test/support/wait.ts";
import { openLog } from "../process-provider/log-file.ts";
import { readLog } from "./log-files.ts";
import type { Wanted } from "./site.ts";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "launchlab-logs-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

const past = { since: undefined, follow: false } as const;

async function read(path: string, wanted: Wanted): Promise<string[]> {
  const lines: string[] = [];
  for await (const { text } of readLog(path, wanted, new AbortController().signal)) lines.push(text);
  return lines;
}

it("reads the last lines over the border between two pieces, and all of them in order", async () => {
  const path = join(folder(), "a.log");
  writeFileSync(`${path}.2`, "1\n2\n");
  writeFileSync(`${path}.1`, "3\n4\n");
  writeFileSync(path, "5\n6\n");
  expect(await read(path, { ...past, last: 1 })).toEqual(["6"]);
  expect(await read(path, { ...past, last: 3 })).toEqual(["4", "5", "6"]);
  expect(await read(path, { ...past, last: Infinity })).toEqual(["1", "2", "3", "4", "5", "6"]);
  writeFileSync(path, "5\nwithout an end");
  expect((await read(path, { ...past, last: Infinity })).at(-1)).toBe("without an end");
});

it("leaves out pieces that end before the time that is asked for", async () => {
  const path = join(folder(), "a.log");
  writeFileSync(`${path}.1`, "old\n");
  utimesSync(`${path}.1`, 1000, 1000);
  writeFileSync(path, "new\n");
  expect(await read(path, { since: new Date(2_000_000), last: 10, follow: false })).toEqual(["new"]);
});

it("reads only the end of a long log for its last lines, and whole characters", async () => {
  const path = join(folder(), "a.log");
  writeFileSync(path, `${"я".repeat(400_000)}\nlast\n`);
  expect(await read(path, { ...past, last: 5 })).toEqual(["last"]);
  expect((await read(path, { ...past, last: Infinity }))[0]).toBe("я".repeat(400_000));
});

it("follows a log over its rotation without losing or doubling a line", async () => {
  const path = join(folder(), "a.log");
  const log = openLog(path, 2000);
  log.write("line 0\n");
  const lines: string[] = [];
  const stop = new AbortController();
  const reading = (async () => {
    for await (const { text } of readLog(path, { since: undefined, last: 10, follow: true }, stop.signal))
      lines.push(text);
  })();
  await until("it reads", () => lines.length === 1);
  let written = 1;
  // Fewer than two pieces between two looks of the reader.
  for (let round = 0; round < 6; round += 1) {
    for (let i = 0; i < 150; i += 1) log.write(`line ${written++}\n`);
    await until("it has caught up", () => lines.length === written);
  }
  stop.abort();
  await reading;
  log.close();
  expect(lines).toEqual(Array.from({ length: written }, (_, i) => `line ${i}`));
});

it("waits for the rest of a line that is half written", async () => {
  const path = join(folder(), "a.log");
  writeFileSync(path, "one\ntw");
  const lines: string[] = [];
  const stop = new AbortController();
  const reading = (async () => {
    for await (const { text } of readLog(path, { since: undefined, last: 10, follow: true }, stop.signal))
      lines.push(text);
  })();
  await until("it reads", () => lines.length === 1);
  appendFileSync(path, "o\n");
  await until("it has the line", () => lines.length === 2);
  stop.abort();
  await reading;
  expect(lines).toEqual(["one", "two"]);
});
