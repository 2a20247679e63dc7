import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import type { Installation } from "../../infra/process-provider/packages.ts";
import { ended } from "../support/postgres.ts";

export interface Program {
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Throws when it has ended by itself. */
  check(): void;
  stop(): Promise<void>;
}

/** Runs a program with its output in a file. */
export function runProgram(
  command: readonly string[],
  log: string,
  { env = {}, root }: Partial<Pick<Installation, "env" | "root">>,
): Program {
  const [program = "", ...args] = command;
  const output = createWriteStream(log, { flags: "a" });
  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
    ...(root === undefined ? {} : { cwd: root }),
  });
  for (const stream of [child.stdout, child.stderr]) stream.pipe(output, { end: false });
  return {
    signal: (signal) => child.kill(signal),
    check() {
      if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}: see ${log}`);
    },
    async stop() {
      child.kill("SIGTERM");
      await ended(child);
      output.end();
    },
  };
}
