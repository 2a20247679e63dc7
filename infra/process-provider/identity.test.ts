import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isAlive, isRunning, startedAt } from "./identity.ts";
import { until } from "../../test/support/wait.ts";

function running(command: string, args: string[]): { pid: number; end: () => Promise<void> } {
  const child = spawn(command, args, { stdio: "ignore" });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} did not start`);
  return {
    pid,
    end: async () => {
      const over = once(child, "exit");
      child.kill("SIGKILL");
      await over;
    },
  };
}

it("knows a process by its pid and the moment it started", async () => {
  const { pid, end } = running("sleep", ["600"]);
  const started = startedAt(pid) ?? "";
  expect(started).toMatch(/^[0-9a-f]{8}\.\d+$/);
  expect(isRunning({ pid, started })).toBe(true);
  expect(isRunning({ pid, started: `${started}0` })).toBe(false);
  expect(isRunning({ pid, started: started.replace(/^.{8}/, "00000000") }), "after a reboot").toBe(false);
  await end();
  expect(isAlive(pid)).toBe(false);
  expect(startedAt(pid)).toBeUndefined();
  expect(isRunning({ pid, started })).toBe(false);
});

it("reads the start of a program whose name holds spaces and parentheses", async () => {
  const folder = mkdtempSync(join(tmpdir(), "launchlab-identity-"));
  const program = join(folder, "a) S 1 (b");
  copyFileSync("/bin/sleep", program);
  const { pid, end } = running(program, ["600"]);
  const ordinary = running("sleep", ["600"]);
  const [odd, plain] = [pid, ordinary.pid].map((one) => Number(startedAt(one)?.split(".")[1]));
  // Started within seconds of each other, in the kernel's 100 ticks a second.
  expect(Math.abs((odd ?? 0) - (plain ?? Infinity))).toBeLessThan(3000);
  await Promise.all([end(), ordinary.end()]);
  rmSync(folder, { recursive: true });
});

it("counts a process that ended but was not yet waited for as ended", async () => {
  const { pid, end } = running("/bin/sh", ["-c", "sleep 0 & exec sleep 600"]);
  // The shell became sleep, which waits for nobody: its helper stays a zombie.
  let zombie = 0;
  await until("the helper has ended", () => {
    zombie = zombieOf(pid);
    return zombie > 0;
  });
  expect(isAlive(zombie)).toBe(false);
  expect(startedAt(zombie)).toBeUndefined();
  await end();
});

function zombieOf(parent: number): number {
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const [state, ppid] = readFileSync(`/proc/${name}/stat`, "utf8")
        .replace(/^.*\) /, "")
        .split(" ");
      if (state === "Z" && Number(ppid) === parent) return Number(name);
    } catch {
      // It ended meanwhile.
    }
  }
  return 0;
}
