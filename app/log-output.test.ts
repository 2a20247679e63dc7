import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ended } from "../test/support/postgres.ts";
import { createOutput } from "./log-output.ts";

test("lines arrive whole and in order", async () => {
  const folder = mkdtempSync(join(tmpdir(), "launchlab-log-"));
  const file = join(folder, "log");
  const fd = openSync(file, "w");
  const output = createOutput(fd);
  const lines = Array.from({ length: 5000 }, (_, i) => `{"line":${i},"text":"ü"}\n`);
  for (const line of lines) output.write(line);
  await output.flush();
  closeSync(fd);
  expect(readFileSync(file, "utf8")).toBe(lines.join(""));
  rmSync(folder, { recursive: true });
});

test.runIf(process.platform === "linux")("a full disk costs lines, and flushing ends", async () => {
  const fd = openSync("/dev/full", "w");
  const output = createOutput(fd);
  for (let i = 0; i < 1000; i += 1) output.write("x".repeat(100));
  expect(await output.flush()).toBe(true);
  closeSync(fd);
});

test("a reader that is stuck does not keep the process from ending", async () => {
  const code = `
    const { createOutput } = await import(${JSON.stringify(join(import.meta.dirname, "log-output.ts"))});
    const output = createOutput(1);
    for (let i = 0; i < 20_000; i += 1) output.write("x".repeat(400) + "\\n");
    output.exit(7);`;
  // Nobody reads from this pipe.
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  await ended(child);
}, 10_000);
