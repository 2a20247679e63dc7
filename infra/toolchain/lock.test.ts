import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, lstatSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startedAt } from "../process-provider/identity.ts";
import { withLock } from "./lock.ts";

let folder = "";
let lock = "";
let children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "launchlab-lock-"));
  lock = join(folder, "below/it.lock");
});
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  children = [];
  rmSync(folder, { recursive: true });
});

const module = JSON.stringify(join(import.meta.dirname, "lock.ts"));

/** Another process that runs `script` with the lock. */
function other(script: string): ChildProcess {
  const code = `import { withLock } from ${module}; import * as fs from "node:fs";
    await withLock(${JSON.stringify(lock)}, async () => { ${script} });`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  return child;
}

it("gives the result of the work and leaves nothing, also when the work fails", async () => {
  expect(await withLock(lock, () => Promise.resolve(42))).toBe(42);
  await expect(withLock(lock, () => Promise.reject(new Error("no disk")))).rejects.toThrow("no disk");
  expect(readdirSync(join(folder, "below"))).toEqual([]);
});

it("lets one process at a time work", async () => {
  const counter = JSON.stringify(join(folder, "counter"));
  // Reading, pausing and writing back loses counts unless one at a time does it.
  const script = `const n = fs.existsSync(${counter}) ? Number(fs.readFileSync(${counter}, "utf8")) : 0;
    await new Promise((done) => setTimeout(done, 30));
    fs.writeFileSync(${counter}, String(n + 1));`;
  const exits = Array.from({ length: 5 }, () => once(other(script), "exit"));
  expect((await Promise.all(exits)).map(([code]) => Number(code))).toEqual([0, 0, 0, 0, 0]);
  expect(readFileSync(join(folder, "counter"), "utf8")).toBe("5");
});

it("lets one task at a time work within a process", async () => {
  const steps: string[] = [];
  const task = (name: string): Promise<void> =>
    withLock(lock, async () => {
      steps.push(`${name} begins`);
      await new Promise(setImmediate);
      steps.push(`${name} ends`);
    });
  await Promise.all([task("a"), task("b")]);
  expect(steps).toEqual(["a begins", "a ends", "b begins", "b ends"]);
});

it("takes over the lock of a process that was killed", async () => {
  const child = other(`console.log("have it"); setInterval(() => {}, 1000); await new Promise(() => {});`);
  if (child.stdout !== null) await once(child.stdout, "data");
  const over = once(child, "exit");
  child.kill("SIGKILL");
  await over;
  expect(lstatSync(lock)).toBeDefined();
  expect(await withLock(lock, () => Promise.resolve("mine"))).toBe("mine");
});

it("takes over a lock whose owner's pid belongs to another process by now, as after a reboot", async () => {
  await withLock(lock, () => Promise.resolve());
  symlinkSync(`${process.ppid}.0badb007.1`, lock);
  expect(await withLock(lock, () => Promise.resolve("mine"))).toBe("mine");
});

it("waits for a lock whose owner lives", async () => {
  const child = other(`console.log("have it"); await new Promise((done) => setTimeout(done, 400));
    fs.writeFileSync(${JSON.stringify(join(folder, "done"))}, "");`);
  if (child.stdout !== null) await once(child.stdout, "data");
  expect(startedAt(child.pid ?? 0)).toBeDefined();
  expect(await withLock(lock, () => Promise.resolve(existsSync(join(folder, "done"))))).toBe(true);
});
