import { expect, it } from "vitest";
import { output, outputLines, stamped } from "./command.ts";

const never = new AbortController().signal;

it("gives what a program prints, and its own words when it fails", async () => {
  expect(await output("sh", ["-c", "echo out; echo err >&2"])).toBe("out\n");
  await expect(output("sh", ["-c", "echo why >&2; exit 3"])).rejects.toThrow(/^why$/);
  await expect(output("sh", ["-c", "exit 3"])).rejects.toThrow(/^sh failed$/);
  await expect(output("no-such-program", [])).rejects.toThrow("no-such-program is not installed");
  await expect(output("sleep", ["60"], 50)).rejects.toThrow("sleep took longer than 0.05 s");
});

it("gives lines of both outputs until the end, however slowly they are taken", async () => {
  const lines: string[] = [];
  for await (const line of outputLines("sh", ["-c", "echo a; echo b >&2; echo c"], never)) {
    lines.push(line);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(lines.sort()).toEqual(["a", "b", "c"]);
  for await (const line of outputLines("no-such-program", [], never)) throw new Error(line);
});

it("ends the program with the signal", async () => {
  const stop = new AbortController();
  for await (const line of outputLines("sh", ["-c", "echo $$; exec sleep 600"], stop.signal)) {
    expect(line).toMatch(/^\d+$/);
    stop.abort();
  }
});

it("takes the time of an engine off a line", () => {
  expect(stamped("2026-11-22T04:41:24.123456789Z some text")).toEqual({
    time: new Date("2026-11-22T04:41:24.123Z"),
    text: "some text",
  });
  expect(stamped("2026-11-22T04:41:24.1Z ").text).toBe("");
  expect(stamped("no time")).toEqual({ text: "no time" });
});
