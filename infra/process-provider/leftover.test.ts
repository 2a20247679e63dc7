// What happens when something else than `up` and `destroy` ended or began: kills, reboots, reused pids.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import {
  childPid,
  errorOf,
  never,
  processesWith,
  sandbox,
  server,
  silent,
  supervisorPid,
  textOf,
  type Sandbox,
} from "./fixture.ts";
import { isAlive, startedAt } from "./identity.ts";
import { drift, startProcess, stopProcess, takenPorts } from "./process.ts";
import { readStatus, writeSpec, writeStatus } from "./spec.ts";
import { freePort, until } from "../../test/support/wait.ts";

let box: Sandbox;
let bystanders: ChildProcess[] = [];
beforeEach(async () => {
  box = await sandbox();
});
afterEach(async () => {
  for (const one of bystanders) one.kill("SIGKILL");
  bystanders = [];
  await box.remove();
});

/** A process that has nothing to do with the stack, but a pid that the stack remembers. */
function bystander(): number {
  const child = spawn("sleep", ["600"], { detached: true, stdio: "ignore" });
  bystanders.push(child);
  if (child.pid === undefined) throw new Error("sleep did not start");
  return child.pid;
}

/** A program of this checkout that begins `up` of one process and can be killed half way. */
function halfWay(inputs: unknown): ChildProcess {
  const module = JSON.stringify(join(import.meta.dirname, "process.ts"));
  const script = `import { startProcess } from ${module}; await startProcess(${JSON.stringify(inputs)}, () => {});`;
  return spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "ignore", detached: true });
}

it("ends and replaces what an `up` that was killed half way left running", async () => {
  const port = await freePort();
  const inputs = box.node(server(port), { ports: [port], health: never });
  const killed = halfWay(inputs);
  await until("the half-started program runs", () => {
    try {
      return isAlive(childPid(inputs));
    } catch {
      return false;
    }
  });
  const [first, supervisor] = [childPid(inputs), supervisorPid(inputs)];
  // Its whole group, as a terminal that is closed does it.
  process.kill(-(killed.pid ?? Number.NaN), "SIGKILL");
  await once(killed, "exit");
  process.kill(first, "SIGKILL");
  await until("the supervisor, which lives on, has started it again", () => {
    const status = readStatus(inputs.folder);
    return status?.child !== undefined && status.child.pid !== first;
  });
  const child = childPid(inputs);
  const healthy = { ...inputs, health: { kind: "tcp", port } as const };
  expect(await takenPorts(healthy)).toEqual([]);
  const id = await startProcess(healthy, silent);
  expect(isAlive(child)).toBe(false);
  expect(isAlive(supervisor)).toBe(false);
  expect(drift(id, healthy)).toBeUndefined();
  expect(processesWith("supervisor.ts").filter((line) => line.includes(box.root))).toHaveLength(1);
});

it("ends and replaces a program whose supervisor was killed", async () => {
  const port = await freePort();
  const inputs = box.node(server(port), { ports: [port], health: { kind: "tcp", port } });
  const id = await startProcess(inputs, silent);
  const child = childPid(inputs);
  process.kill(supervisorPid(inputs), "SIGKILL");
  await until("the drift is seen", () => drift(id, inputs) === "its supervisor is gone");
  expect(isAlive(child)).toBe(true);
  expect(await takenPorts(inputs)).toEqual([]);
  const next = await startProcess(inputs, silent);
  expect(isAlive(child)).toBe(false);
  expect(drift(next, inputs)).toBeUndefined();
});

it("does not take a program for started whose supervisor was killed meanwhile", async () => {
  const inputs = box.sh(`exec ${box.sleep}`, { health: never });
  const error = errorOf(startProcess(inputs, silent));
  await until("the half-started program runs", () => processesWith(box.sleep).length === 1);
  await until("its pid is known", () => readStatus(inputs.folder)?.child !== undefined);
  process.kill(supervisorPid(inputs), "SIGKILL");
  expect(await error).toContain("probe lost its supervisor");
  expect(processesWith(box.sleep)).toEqual([]);
});

it("ends a program together with a supervisor that no longer reacts", async () => {
  const inputs = box.sh(`exec ${box.sleep}`);
  await startProcess(inputs, silent);
  const supervisor = supervisorPid(inputs);
  process.kill(supervisor, "SIGSTOP");
  vi.useFakeTimers({ toFake: ["Date"] });
  try {
    const stopped = stopProcess(inputs);
    // The program's time to stop, and some more for its supervisor.
    vi.setSystemTime(Date.now() + (inputs.stopSeconds + 6) * 1000);
    await stopped;
  } finally {
    vi.useRealTimers();
  }
  expect(processesWith(box.sleep)).toEqual([]);
  await until("the supervisor is gone", () => !isAlive(supervisor));
});

it("lets a program whose supervisor was killed end in order", async () => {
  const inputs = box.sh("trap 'echo in order; exit 0' QUIT; echo up; while :; do sleep 0.05; done", {
    cwd: box.root,
    stopSignal: "SIGQUIT",
  });
  const log = join(box.root, "words");
  const logged = { ...inputs, command: ["/bin/sh", "-c", `exec >${log}; ${inputs.command[2] ?? ""}`] };
  await startProcess(logged, silent);
  await until("it runs", () => existsSync(log) && textOf(log) === "up\n");
  process.kill(supervisorPid(logged), "SIGKILL");
  await stopProcess(logged);
  expect(textOf(log)).toBe("up\nin order\n");
});

it("kills a program whose supervisor was killed, when it does not end", async () => {
  const inputs = box.sh(`trap '' TERM; ${box.sleep} & while :; do sleep 0.05; done`, { stopSeconds: 0.3 });
  await startProcess(inputs, silent);
  await until("all of it runs", () => processesWith(box.sleep).length === 2);
  process.kill(supervisorPid(inputs), "SIGKILL");
  await stopProcess(inputs);
  await until("the whole group is gone", () => processesWith(box.sleep).length === 0);
});

it("stops a program whose supervisor was killed", async () => {
  const inputs = box.sh(`${box.sleep} & exec ${box.sleep}`);
  await startProcess(inputs, silent);
  await until("both run", () => processesWith(box.sleep).length === 2);
  process.kill(supervisorPid(inputs), "SIGKILL");
  await stopProcess(inputs);
  await until("the whole group is gone", () => processesWith(box.sleep).length === 0);
  expect(existsSync(inputs.folder)).toBe(false);
});

it("neither signals nor trusts a process that merely has the pid of an old status", async () => {
  const [one, two] = [bystander(), bystander()];
  const inputs = box.sh(`exec ${box.sleep}`);
  const old = { started: "0badb007.1" };
  writeSpec(inputs.folder, {
    name: inputs.name,
    command: ["true"],
    env: {},
    cwd: "/",
    task: false,
    stopSignal: "SIGTERM",
    stopSeconds: 1,
    log: inputs.log,
  });
  writeStatus(inputs.folder, {
    state: "running",
    restarts: 0,
    supervisor: { pid: one, ...old },
    child: { pid: two, ...old },
  });
  expect(drift(`${one}.0badb007.1.hash`, inputs)).toBe("its supervisor is gone");
  const id = await startProcess(inputs, silent);
  expect(isAlive(one)).toBe(true);
  expect(isAlive(two)).toBe(true);
  expect(drift(id, inputs)).toBeUndefined();
  // Right pid and start time, but of a process that the folder does not know.
  expect(drift(`${one}.${startedAt(one) ?? ""}.hash`, inputs)).toBe("its status is gone");
});

it("does not take the port of a stranger for its own because of a dead status", async () => {
  const port = await freePort();
  const holder = box.node(server(port), { name: "holder", health: { kind: "tcp", port } });
  await startProcess(holder, silent);
  const inputs = box.sh(`exec ${box.sleep}`, { ports: [port] });
  const gone = { pid: childPid(holder), started: "0badb007.1" };
  mkdirSync(inputs.folder, { recursive: true });
  writeStatus(inputs.folder, { state: "running", restarts: 0, supervisor: gone, child: gone });
  expect(await takenPorts(inputs)).toHaveLength(1);
  expect(await errorOf(startProcess(inputs, silent))).toContain(`pid ${childPid(holder)}`);
});

it("starts over a status and a spec that a crash left empty", async () => {
  const inputs = box.sh(`exec ${box.sleep}`);
  mkdirSync(inputs.folder, { recursive: true });
  writeFileSync(join(inputs.folder, "status.json"), "");
  writeFileSync(join(inputs.folder, "spec.json"), "");
  const id = await startProcess(inputs, silent);
  expect(drift(id, inputs)).toBeUndefined();
});

it("stops twice, and what never ran, without an error", async () => {
  const inputs = box.sh(`exec ${box.sleep}`);
  await stopProcess(inputs);
  await startProcess(inputs, silent);
  await stopProcess(inputs);
  await stopProcess(inputs);
  expect(processesWith(box.sleep)).toEqual([]);
});
