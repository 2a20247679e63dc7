import { expect, it } from "vitest";
import { showProgress } from "./terminal.ts";

/** What is written while so many milliseconds pass between two pieces of 10 MB of 40 MB. */
function shown(isTTY: boolean, step: number): string[] {
  const lines: string[] = [];
  let time = 0;
  const write = (text: string): boolean => lines.push(text) > 0;
  const { progress, clear } = showProgress({ isTTY, write }, () => time);
  for (const part of [1, 2, 3, 4]) {
    time += step;
    progress("reading", part * 1e7, 4e7);
  }
  clear();
  return lines;
}

it("on a terminal one line changes, and is gone at the end", () => {
  expect(shown(true, 150)).toEqual([
    "\r\x1b[Kreading 20.0 MB of 40.0 MB (50 %)",
    "\r\x1b[Kreading 40.0 MB of 40.0 MB (100 %)",
    "\r\x1b[K",
  ]);
});

it("elsewhere there is a plain line every ten seconds, and none for what is over sooner", () => {
  expect(shown(false, 5000)).toEqual([
    "reading 20.0 MB of 40.0 MB (50 %)\n",
    "reading 40.0 MB of 40.0 MB (100 %)\n",
  ]);
  expect(shown(false, 1000)).toEqual([]);
});

it("says bytes alone where nobody knows how many there will be", () => {
  const lines: string[] = [];
  let time = 0;
  const { progress } = showProgress(
    { isTTY: false, write: (text) => lines.push(String(text)) > 0 },
    () => time,
  );
  time = 10_000;
  progress("writing", 1_234_000);
  expect(lines).toEqual(["writing 1.2 MB\n"]);
});
