import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { environment, hasStaleLock } from "./engine.ts";
import { pulumiCli } from "./pulumi-cli.ts";

let backend = "";
beforeEach(() => {
  backend = mkdtempSync(join(tmpdir(), "launchlab-state-"));
});
afterEach(() => rmSync(backend, { recursive: true }));

function lock(content: string, stack = "dev"): void {
  const folder = join(backend, ".pulumi/locks/organization/launchlab", stack);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "0b9e.json"), content);
}

const { pid: dead } = spawnSync("true");
const held = (pid: number, host = hostname()): string =>
  JSON.stringify({ pid, username: "me", hostname: host, timestamp: "2026-01-01T00:00:00Z" });

it("sees the lock of a killed update of this machine", () => {
  expect(hasStaleLock("dev", backend)).toBe(false);
  lock(held(dead));
  expect(hasStaleLock("dev", backend)).toBe(true);
});

it("leaves alone the lock of an update that runs, of another machine, and of another stack", () => {
  lock(held(process.pid));
  expect(hasStaleLock("dev", backend)).toBe(false);
  lock(held(dead, "elsewhere"));
  expect(hasStaleLock("dev", backend)).toBe(false);
  rmSync(join(backend, ".pulumi"), { recursive: true });
  lock(held(dead), "production");
  expect(hasStaleLock("dev", backend)).toBe(false);
});

it("leaves alone a lock that it cannot read", () => {
  for (const content of ["", "null", "{", '{"pid":"1"}', "[]"]) {
    lock(content);
    expect(hasStaleLock("dev", backend), content).toBe(false);
  }
});

it("writes nothing beside a state that a killed engine could leave half written", async () => {
  const cli = await pulumiCli(() => undefined);
  const { PULUMI_BACKEND_URL: own = "", ...env } = environment(cli);
  const { search } = new URL(own);
  writeFileSync(join(backend, "Pulumi.yaml"), "name: launchlab\nruntime: nodejs\n");
  const { status, stderr } = spawnSync(cli, ["stack", "init", "dev", "--non-interactive"], {
    cwd: backend,
    encoding: "utf8",
    env: { ...env, PULUMI_BACKEND_URL: `file://${backend}${search}` },
  });
  expect(status, stderr).toBe(0);
  expect(existsSync(join(backend, ".pulumi/stacks/launchlab/dev.json"))).toBe(true);
  expect(globSync(join(backend, ".pulumi/**/*.attrs"))).toEqual([]);
});
