import { createServer } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answeredFiles, table } from "./files.ts";
import { FIRST_PERSON, personOf } from "./k6/lib/people.ts";
import { profileOf } from "./k6/profiles/all.ts";
import { measured } from "./summary.ts";

const csv = profileOf("csv");
const count = csv.files?.count ?? 0;
const from = 1_790_000_000_000;

let documents: { chat_id: number; at: number }[] = [];
const server = createServer((_, response) => response.end(JSON.stringify(documents)));
let simulator: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  simulator = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
});
afterAll(() => server.close());

/** The n-th file of the run is answered so many milliseconds after it was due. */
const answers = (after: (n: number) => number, all = count) =>
  Array.from({ length: all }, (_, n) => ({
    chat_id: FIRST_PERSON + personOf(n, csv.people),
    at: Math.round(from + (n * 60_000) / count + after(n)),
  }));

const summary = { state: { testRunDurationMs: 1000 }, metrics: {} };
const verdicts = (files: Awaited<ReturnType<typeof answeredFiles>>) =>
  measured(summary, csv, { files })
    .verdicts.slice(-2)
    .map(({ ok }) => ok);

test("what a file took counts from the moment at which it was due until its person was sent a document", async () => {
  documents = [...answers((n) => 100 + n), { chat_id: FIRST_PERSON - 1, at: from + 9_000_000 }];
  const files = await answeredFiles(simulator, csv, from);
  expect(files).toMatchObject({ count, p50: expect.closeTo(100 + count / 2, -1) as number });
  expect(files?.max).toBeCloseTo(100 + count - 1, -1);
  expect(verdicts(files)).toEqual([true, true]);
});

test("a file without an answer breaks a promise, and so do slow answers", async () => {
  documents = answers(() => 50, count - 1);
  expect(verdicts(await answeredFiles(simulator, csv, from, 0))).toEqual([false, true]);
  documents = answers(() => 3000);
  expect(verdicts(await answeredFiles(simulator, csv, from, 0))).toEqual([true, false]);
  documents = [];
  expect(verdicts(await answeredFiles(simulator, csv, from, 0))).toEqual([false, false]);
});

test("a file is as large as it is said to be, with ten thousand rows for a megabyte", () => {
  const content = table(1_000_000);
  expect(content.length).toBeGreaterThanOrEqual(1_000_000);
  expect(content.length).toBeLessThan(1_000_200);
  const rows = content.toString().split("\n");
  expect(rows.length).toBeGreaterThan(8000);
  expect(rows.length).toBeLessThan(15_000);
});
