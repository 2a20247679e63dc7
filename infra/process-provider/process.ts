import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chownSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { probe, type HealthCheck } from "./health.ts";
import { isRunning, startedAt, type Identity } from "./identity.ts";
import type { ProcessInputs } from "./inputs.ts";
import { lastLines, sizeOf } from "./log-file.ts";
import { provide, type Installation } from "./packages.ts";
import { isFree, takenMessage } from "./ports.ts";
import { cacheFolder } from "../toolchain/folders.ts";
import { readSpec, readStatus, writeSpec } from "./spec.ts";

const supervisorFile = join(import.meta.dirname, "supervisor.ts");
const POLL_MS = 50;
/** The user and group `nobody` on every Linux; packaged services run as it when root starts the stack. */
const NOBODY = 65534;

/** Identity of a running process resource: "pid.started.hash". */
export type ProcessId = string;

function identityOf(id: ProcessId): Identity {
  const parts = id.split(".");
  return { pid: Number(parts[0]), started: parts.slice(1, -1).join(".") };
}

/** Everything that needs a restart when it changes; files count only when the program cannot reload them. */
export function restartKey(inputs: ProcessInputs): string {
  const { files, ...rest } = inputs;
  const relevant = inputs.reload === undefined ? { files, ...rest } : rest;
  return createHash("sha256").update(JSON.stringify(relevant)).digest("hex").slice(0, 12);
}

function runsAs(inputs: ProcessInputs): number | undefined {
  return process.getuid?.() === 0 && inputs.package !== undefined ? NOBODY : undefined;
}

function write(path: string, content: string, user: number | undefined): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content, { mode: 0o600 });
  if (user !== undefined) {
    chownSync(path, user, user);
    chownSync(dirname(path), user, user);
  }
}

function writeFiles(inputs: ProcessInputs): void {
  for (const [path, content] of Object.entries(inputs.files)) {
    write(join(inputs.folder, "files", path), content, runsAs(inputs));
  }
}

function resolveProgram(program: string, installation: Installation | undefined): string {
  if (isAbsolute(program)) return program;
  if (program === "node") return process.execPath;
  const found = installation?.programs[program];
  if (found === undefined) throw new Error(`the package does not bring the program ${program}`);
  return found;
}

function programEnv(installation: Installation | undefined, tools?: Installation): Record<string, string> {
  const programs = Object.values({ ...tools?.programs, ...installation?.programs }).map(dirname);
  const path = [...new Set([dirname(process.execPath), ...programs, "/usr/local/bin", "/usr/bin", "/bin"])];
  // Compiled code of the project's own programs, kept over restarts: a replica starts with a third less CPU.
  const compiled = installation === undefined ? { NODE_COMPILE_CACHE: cacheFolder("compiled") } : {};
  return { PATH: path.join(":"), LANG: "C.UTF-8", ...compiled, ...tools?.env, ...installation?.env };
}

/** Ends what an interrupted `up`, or a supervisor that was killed, left behind in the folder. */
async function endLeftover(folder: string): Promise<void> {
  const status = readStatus(folder);
  if (status === undefined) return;
  if (isRunning(status.supervisor)) await stopSupervisor(status.supervisor, folder);
  const child = readStatus(folder)?.child ?? status.child;
  if (child === undefined || !isRunning(child)) return;
  // Its supervisor was killed, not its right to end in order.
  const { stopSignal, stopSeconds } = readSpec(folder);
  signal(child.pid, stopSignal);
  await until(() => !isRunning(child), stopSeconds * 1000);
  signal(-child.pid, "SIGKILL");
  await until(() => !isRunning(child), 5000);
}

/** Signals a process, or with a negative number a process group, that may end by itself at any moment. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone already.
  }
}

async function until(done: () => boolean, ms: number): Promise<boolean> {
  const end = Date.now() + ms;
  while (!done()) {
    if (Date.now() > end) return false;
    await delay(POLL_MS);
  }
  return true;
}

async function stopSupervisor(supervisor: Identity, folder: string): Promise<void> {
  const { stopSeconds } = readSpec(folder);
  signal(supervisor.pid, "SIGTERM");
  const ended = await until(() => !isRunning(supervisor), (stopSeconds + 5) * 1000);
  if (!ended) signal(supervisor.pid, "SIGKILL");
}

/** One sentence for each port that somebody holds. */
export async function heldPorts(ports: readonly number[]): Promise<string[]> {
  const results = await Promise.all(
    ports.map(async (port) => ((await isFree(port)) ? [] : [takenMessage(port)])),
  );
  return results.flat();
}

/** What can be said before anything has started: ports that somebody else holds. */
export async function takenPorts(inputs: Pick<ProcessInputs, "folder" | "ports">): Promise<string[]> {
  const own = readStatus(inputs.folder);
  // Left over from an interrupted run: it will be ended first.
  if (own !== undefined && (isRunning(own.supervisor) || (own.child !== undefined && isRunning(own.child))))
    return [];
  return heldPorts(inputs.ports);
}

/**
 * Ports still taken after a moment: the kernel closes the sockets of a killed process with its last thread, which
 * may be later than the process counts as ended.
 */
async function portsAfterPredecessor(inputs: ProcessInputs): Promise<string[]> {
  const end = Date.now() + 3000;
  for (;;) {
    const taken = await takenPorts(inputs);
    if (taken.length === 0 || Date.now() > end) return taken;
    await delay(POLL_MS);
  }
}

/** A process that did not come up: what happened, its last words, and what to try. */
class StartError extends Error {}

function failure(inputs: ProcessInputs, what: string, logBegin = 0): StartError {
  const lines = lastLines(inputs.log, 12, logBegin).map((line) => `    ${line}`);
  const words = lines.length === 0 ? ["  it logged nothing"] : ["  its last lines:", ...lines];
  return new StartError([`${inputs.name} ${what}`, ...words, `  whole log: ${inputs.log}`].join("\n"));
}

async function awaitHealthy(
  inputs: ProcessInputs,
  health: HealthCheck | undefined,
  env: Record<string, string>,
  supervisor: Identity,
): Promise<void> {
  const end = Date.now() + inputs.startSeconds * 1000;
  let problem = "has not started";
  for (;;) {
    // In this order: what a supervisor wrote last before it ended is seen in any case.
    const supervised = isRunning(supervisor);
    const status = readStatus(inputs.folder);
    const mine = status?.supervisor.pid === supervisor.pid ? status : undefined;
    if (mine?.state === "waiting" || (mine?.state === "exited" && mine.exitCode === 0)) return;
    if (mine?.error !== undefined) throw new StartError(`cannot be started: ${mine.error}`);
    if (mine !== undefined && ["exited", "failed", "backoff", "stopped"].includes(mine.state)) {
      const how = mine.signal === undefined ? `with exit code ${String(mine.exitCode)}` : `by ${mine.signal}`;
      throw new StartError(`ended ${how}${inputs.task ? "" : " before it was healthy"}`);
    }
    if (!supervised) throw new StartError("lost its supervisor");
    if (mine?.state === "running" && !inputs.task) {
      const found = health === undefined ? undefined : await probe(health, env);
      if (found === undefined) return;
      problem = found;
    }
    if (Date.now() > end) {
      const what = inputs.task ? "did not end" : `was not healthy (${problem})`;
      throw new StartError(`${what} within ${inputs.startSeconds} s`);
    }
    await delay(POLL_MS);
  }
}

/**
 * Starts the process under a supervisor and waits until it is healthy; a task, until it has ended well; one with a
 * schedule, for nothing.
 * Throws with the exit code and the last log lines otherwise, and leaves nothing running.
 */
export async function startProcess(inputs: ProcessInputs, say: (line: string) => void): Promise<ProcessId> {
  const { folder } = inputs;
  await endLeftover(folder);
  const taken = await portsAfterPredecessor(inputs);
  if (taken.length > 0) throw new StartError(taken.join("\n"));
  const provided = async (one: ProcessInputs["package"]): Promise<Installation | undefined> =>
    one === undefined ? undefined : provide(one, say);
  const [installation, tools] = await Promise.all([provided(inputs.package), provided(inputs.tools)]);
  const user = runsAs(inputs);

  rmSync(folder, { recursive: true, force: true });
  // Only the last folder is private: another user must be able to walk there.
  mkdirSync(dirname(folder), { recursive: true });
  mkdirSync(folder, { mode: 0o700 });
  if (user !== undefined) chownSync(folder, user, user);
  writeFiles(inputs);
  const env: Record<string, string> = { ...programEnv(installation, tools), HOME: folder, ...inputs.env };
  for (const [name, value] of Object.entries(inputs.secrets)) {
    const path = join(folder, "secrets", name);
    write(path, value, user);
    env[`${name}_FILE`] = path;
  }
  if (inputs.data !== undefined) {
    mkdirSync(inputs.data, { recursive: true });
    if (user !== undefined) chownSync(inputs.data, user, user);
  }
  const resolved = (command: readonly string[]): string[] =>
    command.map((part, i) => (i === 0 ? resolveProgram(part, installation) : part));
  const command = resolved(inputs.command);
  let entrypoint: string[] = [];
  if (inputs.entrypoint !== undefined) {
    // A copy: the user that runs the program may not be allowed to look into the checkout.
    const copy = join(folder, "entrypoint.sh");
    write(copy, readFileSync(inputs.entrypoint, "utf8"), user);
    entrypoint = ["/bin/sh", copy];
  }
  const { health } = inputs;
  const check = health?.kind === "command" ? { ...health, command: resolved(health.command) } : health;
  writeSpec(folder, {
    name: inputs.name,
    command: [...entrypoint, ...command],
    env,
    cwd: inputs.cwd ?? installation?.root ?? "/",
    ...(user === undefined ? {} : { user }),
    task: inputs.task,
    ...(inputs.schedule === undefined
      ? {}
      : { schedule: { pattern: inputs.schedule, runSeconds: inputs.startSeconds } }),
    stopSignal: inputs.stopSignal,
    stopSeconds: inputs.stopSeconds,
    log: inputs.log,
    ...(check === undefined ? {} : { health: check }),
    ports: inputs.ports,
  });
  const logBegin = sizeOf(inputs.log);
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", supervisorFile, folder], {
    cwd: "/",
    detached: true,
    stdio: "ignore",
    env: programEnv(undefined),
  });
  child.unref();
  const pid = child.pid;
  const started = pid === undefined ? undefined : startedAt(pid);
  if (pid === undefined || started === undefined)
    throw new StartError(`${inputs.name} could not get a supervisor`);
  const supervisor = { pid, started };
  try {
    await awaitHealthy(inputs, check, env, supervisor);
  } catch (error) {
    if (isRunning(supervisor)) await stopSupervisor(supervisor, folder);
    await endLeftover(folder);
    throw error instanceof StartError ? failure(inputs, error.message, logBegin) : error;
  }
  return `${pid}.${started}.${restartKey(inputs)}`;
}

/** Undefined while the process runs under its supervisor, else what is wrong with it. */
export function drift(id: ProcessId, inputs: ProcessInputs): string | undefined {
  if (inputs.task) return undefined;
  const identity = identityOf(id);
  const status = readStatus(inputs.folder);
  const own = status?.supervisor.pid === identity.pid && status.supervisor.started === identity.started;
  // Asked first: a supervisor that gave up has ended as well.
  if (own && status.state === "failed") return "it failed too often and was given up";
  if (!isRunning(identity)) return "its supervisor is gone";
  return own ? undefined : "its status is gone";
}

/** Writes changed files and lets the program read them again. */
export async function reloadProcess(inputs: ProcessInputs): Promise<void> {
  writeFiles(inputs);
  const child = readStatus(inputs.folder)?.child;
  if (child === undefined || !isRunning(child))
    throw failure(inputs, "does not run, so it cannot reload its files");
  process.kill(child.pid, inputs.reload ?? "SIGHUP");
  if (inputs.health !== undefined && inputs.health.kind !== "command") {
    const end = Date.now() + inputs.startSeconds * 1000;
    for (;;) {
      const problem = await probe(inputs.health, {});
      if (problem === undefined) return;
      if (Date.now() > end) throw failure(inputs, `is not healthy after the reload (${problem})`);
      await delay(POLL_MS);
    }
  }
}

/** Stops the process and its supervisor and removes its files and secrets; the log stays. */
export async function stopProcess(inputs: ProcessInputs): Promise<void> {
  await endLeftover(inputs.folder);
  rmSync(inputs.folder, { recursive: true, force: true });
}
