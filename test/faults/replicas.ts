import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSpec, readStatus, writeSpec } from "../../infra/process-provider/spec.ts";
import type { Stack } from "../alerts/stack.ts";
import { until } from "../support/wait.ts";
import type { Command } from "./inside.ts";

/** Milliseconds in which a replica starts on a busy machine. */
const START = 60_000;
const supervisor = join(import.meta.dirname, "../../infra/process-provider/supervisor.ts");
const inside = join(import.meta.dirname, "inside.ts");

export interface Replicas {
  /** Id of the process of a replica. */
  pid(name: string): number;
  /** Makes something go wrong inside of a replica. */
  tell(name: string, command: Command): void;
  /** Resolves when the replica is ready, as another process than before if that is given. */
  ready(name: string, before?: number): Promise<void>;
  /** The stack's own processes take their places again. */
  close(): Promise<void>;
}

/**
 * Processes of the bot in the places of those of a stack, under supervisors of their own: with a changed environment, and
 * with what can go wrong inside of them. What the stack itself knows about its processes stays as it is.
 */
export async function startReplicas(
  stack: Stack,
  runs: string,
  names: readonly string[],
  change: Readonly<Record<string, string>>,
): Promise<Replicas> {
  const folder = mkdtempSync(join(tmpdir(), "launchlab-faults-"));
  const at = (name: string): string => join(folder, name);
  const commandFile = (name: string): string => join(at(name), "command.json");

  const pid = (name: string): number => {
    const { state, child } = readStatus(at(name)) ?? {};
    if (state !== "running" || child === undefined) throw new Error(`${name} does not run`);
    return child.pid;
  };
  const ready = async (name: string, before?: number): Promise<void> => {
    await until(`${name} is ready`, async () => pid(name) !== before && (await stack.serves(name)), START);
  };

  async function close(): Promise<void> {
    const begun = names.flatMap((name) => readStatus(at(name)) ?? []);
    for (const { supervisor: own } of begun) process.kill(own.pid, "SIGTERM");
    const ended = (name: string): boolean =>
      ["stopped", "failed"].includes(readStatus(at(name))?.state ?? "stopped");
    await until("the replicas have ended", () => names.every(ended), START);
    rmSync(folder, { recursive: true });
    for (const name of names) stack.up(name);
    await Promise.all(names.map((name) => until(`${name} is ready`, () => stack.serves(name), START)));
  }

  try {
    for (const name of names) {
      const spec = readSpec(join(runs, name));
      const options = `${spec.env["NODE_OPTIONS"] ?? ""} --import=${inside}`.trim();
      const env = { ...spec.env, ...change, NODE_OPTIONS: options, FAULT_FILE: commandFile(name) };
      writeSpec(at(name), { ...spec, env });
      stack.down(name);
      spawn(process.execPath, [supervisor, at(name)], { cwd: "/", detached: true, stdio: "ignore" }).unref();
    }
    await Promise.all(names.map((name) => ready(name)));
  } catch (error) {
    await close();
    throw error;
  }

  return {
    pid,
    ready,
    tell(name, command) {
      writeFileSync(commandFile(name), JSON.stringify(command));
      process.kill(pid(name), "SIGUSR2");
    },
    close,
  };
}
