import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readSpec, type Spec } from "../process-provider/spec.ts";
import { stackFolder } from "./folders.ts";
import { readStackFile } from "./stack-file.ts";

/**
 * What the supervisor of a process of a stack was told; undefined when the stack does not have it. Throws when the
 * stack runs elsewhere.
 */
export function specOf(stack: string, name: string): Spec | undefined {
  if ((readStackFile(stack)?.["launchlab:platform"] ?? "local") !== "local") {
    throw new Error(
      `stack ${stack} does not run here: docs/operations.md says how to do it with kubectl or docker`,
    );
  }
  const folder = join(stackFolder(stack), "run", name);
  return existsSync(join(folder, "spec.json")) ? readSpec(folder) : undefined;
}

/** Runs a program of the bot by hand, as the process of the spec would run, and ends as it does. */
export function runLike(
  { env, cwd, user }: Spec,
  program: readonly string[],
  more: Record<string, string> = {},
): void {
  const child = spawn(process.execPath, program, {
    cwd,
    env: { ...env, ...more },
    stdio: "inherit",
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  // Ctrl-C reaches it through the terminal; it cleans up and ends.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.once("exit", (code) => (process.exitCode = code ?? 1));
}
