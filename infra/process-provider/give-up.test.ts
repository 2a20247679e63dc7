// The supervisor itself, with a clock that runs a hundred times as fast: its ten restarts take two minutes.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { processesWith, sandbox, textOf, type Sandbox } from "./fixture.ts";
import { startedAt } from "./identity.ts";
import { drift } from "./process.ts";
import { readStatus, writeSpec } from "./spec.ts";

const fastClock = `const real = setTimeout; globalThis.setTimeout = (work, ms) => real(work, ms / 100);`;

let box: Sandbox;
beforeEach(async () => {
  box = await sandbox();
});
afterEach(() => box.remove());

it("gives up after ten restarts, leaves nothing running, and says so", async () => {
  const inputs = box.sh(`${box.sleep} & echo try; exit 5`);
  writeSpec(inputs.folder, {
    name: inputs.name,
    command: inputs.command,
    env: { PATH: "/usr/bin:/bin" },
    cwd: "/",
    task: false,
    stopSignal: inputs.stopSignal,
    stopSeconds: inputs.stopSeconds,
    log: inputs.log,
  });
  const supervisor = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      "--import",
      `data:text/javascript,${encodeURIComponent(fastClock)}`,
      join(import.meta.dirname, "supervisor.ts"),
      inputs.folder,
    ],
    { stdio: "inherit" },
  );
  const pid = supervisor.pid ?? 0;
  const started = startedAt(pid) ?? "";
  expect(await once(supervisor, "exit")).toEqual([0, null]);
  expect(textOf(inputs.log).match(/^try$/gm)).toHaveLength(11);
  expect(textOf(inputs.log).match(/^\[supervisor\] probe ended: exit code 5$/gm)).toHaveLength(11);
  expect(readStatus(inputs.folder)).toMatchObject({ state: "failed", restarts: 10, exitCode: 5 });
  expect(processesWith(box.sleep)).toEqual([]);
  expect(drift(`${pid}.${started}.hash`, inputs)).toBe("it failed too often and was given up");
});
