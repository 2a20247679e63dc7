// Runs one program as a detached process group, starts it again when it ends or when it is due, and outlives
// `pulumi up`.
import { Cron } from "croner";
import { spawn, type ChildProcess } from "node:child_process";
import { startedAt } from "./identity.ts";
import { openLog } from "./log-file.ts";
import { nextRestart } from "./restarts.ts";
import { readSpec, writeStatus, type Run, type State, type Status } from "./spec.ts";

/** Runs of a program with a schedule that the status remembers. */
const REMEMBERED = 5;

const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: supervisor.ts FOLDER");
const spec = readSpec(folder);
const log = openLog(spec.log);
const self = { pid: process.pid, started: startedAt(process.pid) ?? "" };

let child: ChildProcess | undefined;
let stopping = false;
let restarts = 0;
let restartsInAll = 0;
let timer: NodeJS.Timeout | undefined;
let schedule: Cron | undefined;
let runs: readonly Run[] = [];

function report(state: State, more: Partial<Status> = {}): void {
  const next = schedule?.nextRun()?.toISOString();
  const planned = schedule === undefined ? {} : { runs, ...(next === undefined ? {} : { next }) };
  try {
    writeStatus(folder ?? "", { state, supervisor: self, restarts, restartsInAll, ...planned, ...more });
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

/** Asks the program to stop, and kills it when it does not. */
function end(program: ChildProcess): void {
  // Only the program itself is asked to stop: it knows in which order its own children end.
  program.kill(spec.stopSignal);
  const kill = setTimeout(() => {
    log.write(`[supervisor] ${spec.name} did not stop within ${spec.stopSeconds} s: killed\n`);
    signalGroup("SIGKILL");
  }, spec.stopSeconds * 1000);
  program.once("exit", () => clearTimeout(kill));
}

function start(): void {
  const [program = "", ...args] = spec.command;
  const begun = Date.now();
  const user = spec.user === undefined ? {} : { uid: spec.user, gid: spec.user };
  report("starting");
  const started = spawn(program, args, {
    cwd: spec.cwd,
    env: spec.env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    ...user,
  });
  child = started;
  started.stdout.on("data", (chunk: Buffer) => log.write(chunk));
  started.stderr.on("data", (chunk: Buffer) => log.write(chunk));
  started.on("error", (error) => {
    log.write(`[supervisor] ${error.message}\n`);
    finish("failed", { error: error.message });
  });
  if (started.pid !== undefined) {
    const identity = { pid: started.pid, started: startedAt(started.pid) ?? "" };
    report("running", { child: identity });
  }
  if (spec.schedule !== undefined) {
    const { runSeconds } = spec.schedule;
    timer = setTimeout(() => {
      log.write(`[supervisor] ${spec.name} did not end within ${runSeconds} s\n`);
      end(started);
    }, runSeconds * 1000);
  }
  // "exit", not "close": a grandchild that keeps the pipe open must not hide the end of the program.
  started.on("exit", (code, signal) => {
    const how = { ...(code === null ? {} : { exitCode: code }), ...(signal === null ? {} : { signal }) };
    if (stopping) {
      finish("stopped", how);
      return;
    }
    if (spec.task) return void setImmediate(() => finish("exited", how));
    log.write(`[supervisor] ${spec.name} ended: ${signal ?? `exit code ${String(code)}`}\n`);
    signalGroup("SIGKILL");
    if (schedule !== undefined) {
      clearTimeout(timer);
      const times = { started: new Date(begun).toISOString(), ended: new Date().toISOString() };
      runs = [{ ...times, ...how }, ...runs].slice(0, REMEMBERED);
      report("waiting");
      return;
    }
    const next = nextRestart(restarts, Date.now() - begun);
    if (next === undefined) {
      finish("failed", how);
      return;
    }
    restarts = next.number;
    restartsInAll += 1;
    report("backoff", how);
    timer = setTimeout(start, next.delayMs);
  });
}

const running = (): boolean => child?.exitCode === null && child.signalCode === null;

function stop(): void {
  if (stopping) return;
  stopping = true;
  if (timer !== undefined) clearTimeout(timer);
  schedule?.stop();
  if (child === undefined || !running()) finish("stopped", {});
  else end(child);
}

process.on("SIGTERM", stop);
process.on("SIGINT", stop);
process.on("SIGHUP", () => undefined);
if (spec.schedule === undefined) start();
else {
  schedule = new Cron(spec.schedule.pattern, { timezone: "UTC" }, () => {
    if (running()) log.write(`[supervisor] ${spec.name} is due and runs still: left out\n`);
    else start();
  });
  report("waiting");
}
