import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  childPid,
  processesWith,
  sandbox,
  server,
  silent,
  supervisorPid,
  textOf,
  type Sandbox,
} from "./fixture.ts";
import { isAlive } from "./identity.ts";
import { drift, startProcess, stopProcess } from "./process.ts";
import { readStatus } from "./spec.ts";
import { freePort, until } from "../../test/support/wait.ts";

let box: Sandbox;
beforeEach(async () => {
  box = await sandbox();
});
afterEach(() => box.remove());

describe("restarts", () => {
  it("starts a killed program again and again under the same resource", async () => {
    const port = await freePort();
    const inputs = box.node(server(port), { ports: [port], health: { kind: "tcp", port } });
    const id = await startProcess(inputs, silent);
    for (const restarts of [1, 2]) {
      const pid = childPid(inputs);
      process.kill(pid, "SIGKILL");
      await until("it runs again", () => {
        const status = readStatus(inputs.folder);
        return status?.state === "running" && status.child?.pid !== pid;
      });
      expect(readStatus(inputs.folder)?.restarts).toBe(restarts);
    }
    await expect
      .poll(() =>
        fetch(`http://127.0.0.1:${port}/`).then(
          (r) => r.status,
          () => 0,
        ),
      )
      .toBe(200);
    expect(drift(id, inputs)).toBeUndefined();
    expect(textOf(inputs.log)).toContain("[supervisor] probe ended: SIGKILL");
  });

  it("go on after the terminal of whoever started the stack was closed", async () => {
    const inputs = box.sh(`exec ${box.sleep}`);
    const id = await startProcess(inputs, silent);
    const pid = childPid(inputs);
    process.kill(supervisorPid(inputs), "SIGHUP");
    process.kill(pid, "SIGKILL");
    await until("it runs again", () => {
      const status = readStatus(inputs.folder);
      return status?.state === "running" && status.child?.pid !== pid;
    });
    expect(drift(id, inputs)).toBeUndefined();
  });

  it("gives up a program that has vanished, which is drift", async () => {
    const program = join(box.root, "program");
    writeFileSync(program, "#!/bin/sh\nexec tail -f /dev/null\n", { mode: 0o755 });
    const inputs = { ...box.sh(""), command: [program] };
    const id = await startProcess(inputs, silent);
    rmSync(program);
    process.kill(childPid(inputs), "SIGKILL");
    await until("it is given up", () => readStatus(inputs.folder)?.state === "failed");
    expect(drift(id, inputs)).toBeDefined();
    await until("no supervisor stays", () => processesWith(box.root).length === 0);
  });

  it("kills what the program left in its group before it starts it again", async () => {
    const inputs = box.sh(`${box.sleep} & echo $! >>pids; exec tail -f /dev/null`, { cwd: box.root });
    await startProcess(inputs, silent);
    await until("the helper runs and has been noted", () => textOf(join(box.root, "pids")).includes("\n"));
    const helper = Number(textOf(join(box.root, "pids")).trim());
    process.kill(childPid(inputs), "SIGKILL");
    await until("it runs again", () => textOf(join(box.root, "pids")).trim().includes("\n"));
    await until("only the new helper runs", () => !isAlive(helper));
    expect(processesWith(box.sleep)).toHaveLength(1);
  });
});

describe("the end", () => {
  it("takes along grandchildren that ignore signals and hold the pipe", async () => {
    const inputs = box.sh(`(trap '' TERM HUP INT; ${box.sleep}) & trap 'exit 0' TERM; echo up; wait`, {
      health: { kind: "command", command: ["/bin/sh", "-c", `grep -q up ${box.root}/log/probe.log`] },
    });
    await startProcess(inputs, silent);
    await until("the grandchild runs", () => processesWith(box.sleep).length >= 1);
    await stopProcess(inputs);
    await until("nothing is left", () => processesWith(box.sleep).length === 0);
    expect(processesWith(box.root)).toEqual([]);
  });

  it("is asked for with the program's own signal, and its last words are in the log", async () => {
    const inputs = box.sh("trap 'echo asked nicely; exit 0' QUIT; echo up; while :; do sleep 0.05; done", {
      stopSignal: "SIGQUIT",
      health: { kind: "command", command: ["/bin/sh", "-c", `grep -q up ${box.root}/log/probe.log`] },
    });
    await startProcess(inputs, silent);
    await stopProcess(inputs);
    expect(textOf(inputs.log)).toContain("asked nicely");
    expect(textOf(inputs.log)).not.toContain("killed");
  });

  it("comes at once while the program waits for its next start", async () => {
    const inputs = box.sh(`test -e once && exit 1; touch once; exec ${box.sleep}`, { cwd: box.root });
    await startProcess(inputs, silent);
    await until("it ran", () => readdirSync(box.root).includes("once"));
    process.kill(childPid(inputs), "SIGKILL");
    await until("it waits", () => {
      const status = readStatus(inputs.folder);
      return status?.state === "backoff" && status.restarts >= 2;
    });
    const begun = Date.now();
    await stopProcess(inputs);
    expect(Date.now() - begun).toBeLessThan(1500);
    expect(processesWith(box.root)).toEqual([]);
  });
});

describe("the log", () => {
  it("may be on a full disk: the program lives on, and what was lost is told later", async () => {
    const port = await freePort();
    const inputs = box.node(`setInterval(() => console.log("tick"), 20); ${server(port)}`, {
      ports: [port],
      health: { kind: "tcp", port },
    });
    mkdirSync(dirname(inputs.log), { recursive: true });
    symlinkSync("/dev/full", inputs.log);
    const id = await startProcess(inputs, silent);
    const pid = childPid(inputs);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
    rmSync(inputs.log);
    await until("lines are written again", () => readdirSync(dirname(inputs.log)).includes("probe.log"));
    await until("the loss is told", () => textOf(inputs.log).includes("tick"));
    expect(textOf(inputs.log)).toMatch(/^\[\d+ bytes of log lost: the disk was full\]\ntick\n/);
    expect(childPid(inputs)).toBe(pid);
    expect(drift(id, inputs)).toBeUndefined();
  });
});
