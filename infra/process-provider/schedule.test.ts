import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { until } from "../../test/support/wait.ts";
import { childPid, processesWith, sandbox, silent, supervisorPid, textOf, type Sandbox } from "./fixture.ts";
import type { ProcessInputs } from "./inputs.ts";
import { drift, startProcess } from "./process.ts";
import { readStatus } from "./spec.ts";

/** Due every second: the supervisor takes a field for seconds, which the stack's own schedules do not have. */
const schedule = "* * * * * *";
let box: Sandbox;
beforeEach(async () => {
  box = await sandbox();
});
afterEach(() => box.remove());

const ended = async (inputs: ProcessInputs, count: number): Promise<void> => {
  await until(`${count} runs have ended`, () => (readStatus(inputs.folder)?.runs?.length ?? 0) >= count);
};

it("nobody waits for a run: a program that is due next year is up at once, and has not run", async () => {
  const inputs = box.sh("touch ran", { cwd: box.root, schedule: "0 0 1 1 *" });
  const id = await startProcess(inputs, silent);
  const status = readStatus(inputs.folder);
  expect(status).toMatchObject({ state: "waiting", runs: [] });
  expect(status?.next).toMatch(/^\d{4}-01-01T00:00:00\.000Z$/);
  expect(existsSync(join(box.root, "ran"))).toBe(false);
  expect(drift(id, inputs)).toBeUndefined();
});

it("runs when it is due, again and again, and remembers how and when the last runs ended", async () => {
  const inputs = box.sh("test -e once && exit 0; touch once; exit 3", { cwd: box.root, schedule });
  const id = await startProcess(inputs, silent);
  await ended(inputs, 2);
  const runs = readStatus(inputs.folder)?.runs ?? [];
  expect(runs.at(-1)?.exitCode).toBe(3);
  expect(runs[0]?.exitCode).toBe(0);
  expect(Date.parse(runs[0]?.ended ?? "")).toBeGreaterThanOrEqual(Date.parse(runs[0]?.started ?? ""));
  expect(Date.parse(runs[0]?.started ?? "")).toBeGreaterThan(Date.parse(runs[1]?.ended ?? ""));
  expect(drift(id, inputs), "a run that failed is no drift").toBeUndefined();
});

it("does not start a run while another one goes on", async () => {
  const inputs = box.sh(`echo run >>runs; exec ${box.sleep}`, { cwd: box.root, schedule, startSeconds: 600 });
  await startProcess(inputs, silent);
  await until("it was due again", () => textOf(inputs.log).includes("runs still: left out"));
  expect(textOf(join(box.root, "runs"))).toBe("run\n");
  expect(processesWith(box.sleep)).toHaveLength(1);
});

it("ends a run that takes too long, with all that it started", async () => {
  const inputs = box.sh(`trap '' TERM; ${box.sleep}`, { schedule, startSeconds: 1, stopSeconds: 1 });
  await startProcess(inputs, silent);
  await ended(inputs, 1);
  expect(readStatus(inputs.folder)?.runs?.[0]?.signal).toBe("SIGKILL");
  expect(textOf(inputs.log)).toContain("probe did not end within 1 s");
});

it("is gone when its supervisor is, and takes a run in progress along when it is removed", async () => {
  const inputs = box.sh(`exec ${box.sleep}`, { schedule, startSeconds: 600 });
  const id = await startProcess(inputs, silent);
  await until("it runs", () => readStatus(inputs.folder)?.state === "running");
  expect(childPid(inputs)).toBeGreaterThan(0);
  process.kill(supervisorPid(inputs), "SIGKILL");
  await until("that is drift", () => drift(id, inputs) !== undefined);
  await box.remove();
  await until("nothing is left", () => processesWith(box.sleep).length === 0);
});

it("finds the programs of its tools on PATH", async () => {
  const tools = join(box.root, "tools");
  mkdirSync(tools);
  const program = `launchlab-tool-${process.pid}`;
  writeFileSync(join(tools, program), "#!/bin/sh\necho version 1.0\n", { mode: 0o755 });
  const inputs = box.sh(`${program} >found`, {
    cwd: box.root,
    task: true,
    tools: { name: "a tool", programs: [program], folders: [tools], minimum: "1.0" },
  });
  await startProcess(inputs, silent);
  expect(textOf(join(box.root, "found"))).toBe("version 1.0\n");
  rmSync(tools, { recursive: true });
});
