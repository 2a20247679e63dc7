import { createServer } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BadFile } from "./bad-file.ts";
import { readCsv } from "./read.ts";
import { openScratch } from "./scratch.ts";

const files: Record<string, string> = {
  "/good": "day,visits\n2026-01-01,5\n2026-01-02,7\n",
  "/bad": "PK\u0003\u0004 a workbook",
};
const server = createServer((request, response) => {
  const content = files[request.url ?? ""];
  // A file that is never there keeps its reader waiting.
  if (content !== undefined) response.end(content);
});
let base: string;
let threads = 0;
const count = () => (threads += 1);

beforeAll(async () => {
  process.on("worker", count);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
});
afterAll(() => {
  process.off("worker", count);
  server.closeAllConnections();
  server.close();
});

async function read(path: string, signal = new AbortController().signal) {
  const file = await openScratch();
  try {
    const progress = () => Promise.resolve();
    return await readCsv({
      url: base + path,
      fd: file.fd,
      name: "visits.csv",
      locale: "en",
      signal,
      progress,
    });
  } finally {
    await file.close();
  }
}

test("files that come one after the other are read by one thread, also after one that cannot be read", async () => {
  await read("/good");
  const before = threads;
  await expect(read("/bad")).rejects.toBeInstanceOf(BadFile);
  expect(await read("/good")).toMatchObject({ rows: 2 });
  expect(threads).toBe(before);
});

test("two files at once have a thread each, and one that was stopped is used no more", async () => {
  await read("/good");
  const before = threads;
  const stop = new AbortController();
  const [waiting, other] = [read("/never", stop.signal), read("/good")];
  expect(await other).toMatchObject({ rows: 2 });
  expect(threads).toBe(before + 1);
  stop.abort(new Error("stopped by its button"));
  await expect(waiting).rejects.toThrow("stopped by its button");
  expect(await read("/good")).toMatchObject({ rows: 2 });
  expect(threads).toBe(before + 1);
});
