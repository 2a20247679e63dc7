// Runs one program as a detached process group, starts it again when it ends, and outlives `pulumi up`.
import { spawn, type ChildProcess } from "node:child_process";
import { startedAt } from "./identity.ts";
import { openLog } from "./log-file.ts";
import { nextRestart } from "./restarts.ts";
import { readSpec, writeStatus, type State, type Status } from "./spec.ts";

const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: supervisor.ts FOLDER");
const spec = readSpec(folder);
const log = openLog(spec.log);
const self = { pid: process.pid, started: startedAt(process.pid) ?? "" };

let child: ChildProcess | undefined;
let stopping = false;
let restarts = 0;
let timer: NodeJS.Timeout | undefined;

function report(state: State, more: Partial<Status> = {}): void {
  try {
    writeStatus(folder ?? "", { state, supervisor: self, restarts, ...more });
  } catch (error) {
    // A full disk must not end the supervisor; whoever asks sees the last status that could be written.
    log.write(`[supervisor] cannot write the status: ${String(error)}\n`);
  }
}

function signalGroup(signal: NodeJS.Signals): void {
  if (child?.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}

function finish(state: State, more: Partial<Status>): void {
  // Helpers that the program left behind in its group must not outlive it.
  signalGroup("SIGKILL");
  report(state, more);
  log.close();
  process.exit(0);
}

function start(): void {
  const [program = "", ...args] = spec.command;
  const begun = Date.now();
  const user = spec.user === undefined ? {} : { uid: spec.user, gid: spec.user };
  report("starting");
  child = spawn(program, args, {
    cwd: spec.cwd,
    env: spec.env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    ...user,
  });
  child.stdout?.on("data", (chunk: Buffer) => log.write(chunk));
  child.stderr?.on("data", (chunk: Buffer) => log.write(chunk));
  child.on("error", (error) => {
    log.write(`[supervisor] ${error.message}\n`);
    finish("failed", { error: error.message });
  });
  if (child.pid !== undefined) {
    const identity = { pid: child.pid, started: startedAt(child.pid) ?? "" };
    report("running", { child: identity });
  }
  // "exit", not "close": a grandchild that keeps the pipe open must not hide the end of the program.
  child.on("exit", (code, signal) => {
    const end = { ...(code === null ? {} : { exitCode: code }), ...(signal === null ? {} : { signal }) };
    if (stopping) {
      finish("stopped", end);
      return;
    }
    if (spec.task) return void setImmediate(() => finish("exited", end));
    log.write(`[supervisor] ${spec.name} ended: ${signal ?? `exit code ${String(code)}`}\n`);
    signalGroup("SIGKILL");
    const next = nextRestart(restarts, Date.now() - begun);
    if (next === undefined) {
      finish("failed", end);
      return;
    }
    restarts = next.number;
    report("backoff", end);
    timer = setTimeout(start, next.delayMs);
  });
}

function stop(): void {
  if (stopping) return;
  stopping = true;
  if (timer !== undefined) clearTimeout(timer);
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) {
    finish("stopped", {});
    return;
  }
  // Only the program itself is asked to stop: it knows in which order its own children end.
  child.kill(spec.stopSignal);
  setTimeout(() => {
    log.write(`[supervisor] ${spec.name} did not stop within ${spec.stopSeconds} s: killed\n`);
    signalGroup("SIGKILL");
  }, spec.stopSeconds * 1000);
}

process.on("SIGTERM", stop);
process.on("SIGINT", stop);
process.on("SIGHUP", () => undefined);
start();
