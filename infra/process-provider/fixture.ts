// What the tests of supervised processes share: folders of their own, small programs, and a clean end.
import { randomInt } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProcessInputs } from "./inputs.ts";
import { stopProcess } from "./process.ts";
import { readStatus } from "./spec.ts";

export interface Sandbox {
  readonly root: string;
  /** A command that idles, with arguments that no other process of the machine has. */
  readonly sleep: string;
  /** Inputs of a process that runs a shell script; whatever it starts ends with the sandbox. */
  sh(script: string, more?: Partial<ProcessInputs>): ProcessInputs;
  /** The same for a program of Node. */
  node(script: string, more?: Partial<ProcessInputs>): ProcessInputs;
  remove(): Promise<void>;
}

export async function sandbox(): Promise<Sandbox> {
  const root = await mkdtemp(join(tmpdir(), "launchlab-process-"));
  // Root's packaged services run as another user, who must be able to walk there.
  await chmod(root, 0o755);
  const made: ProcessInputs[] = [];
  const run = (command: string[], more: Partial<ProcessInputs>): ProcessInputs => {
    const name = more.name ?? "probe";
    const inputs: ProcessInputs = {
      name,
      folder: join(root, "run", name),
      log: join(root, "log", `${name}.log`),
      task: false,
      command,
      env: {},
      secrets: {},
      files: {},
      ports: [],
      startSeconds: 15,
      stopSeconds: 5,
      stopSignal: "SIGTERM",
      ...more,
    };
    made.push(inputs);
    return inputs;
  };
  return {
    root,
    sleep: `sleep 600.${randomInt(1e9, 9e9)}`,
    sh: (script, more = {}) => run(["/bin/sh", "-c", script], more),
    node: (script, more = {}) => run(["node", "-e", script], more),
    remove: async () => {
      for (const inputs of made) await stopProcess(inputs);
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** A Node program that answers every request on `port` with 200. */
export const server = (port: number): string =>
  `require("http").createServer((_, res) => res.end("ok")).listen(${port}, "127.0.0.1")`;

/** A TCP health check that nothing will ever satisfy. */
export const never = { kind: "tcp", port: 1 } as const;

export const silent = (): undefined => undefined;

/** Pid of the program, as the supervisor reports it. */
export function childPid(inputs: ProcessInputs): number {
  const pid = readStatus(inputs.folder)?.child?.pid;
  if (pid === undefined) throw new Error(`${inputs.name} has no child`);
  return pid;
}

export function supervisorPid(inputs: ProcessInputs): number {
  const pid = readStatus(inputs.folder)?.supervisor.pid;
  if (pid === undefined) throw new Error(`${inputs.name} has no supervisor`);
  return pid;
}

/** Command lines of running processes that contain `text`; zombies have none. */
export function processesWith(text: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        return line.includes(text) ? [line] : [];
      } catch {
        return [];
      }
    });
}

/** What the work is rejected with. */
export async function errorOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error("it did not fail");
}

export const textOf = (path: string): string => readFileSync(path, "utf8");
