import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { atLeast, parseVersion } from "../process-provider/packages.ts";

const run = promisify(execFile);

/** Version that a program prints; undefined when it does not run. */
export async function versionOf(program: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout } = await run(program, [...args], { timeout: 10_000 });
    return parseVersion(stdout);
  } catch {
    return undefined;
  }
}

/** First program of that name on PATH that is new enough. */
export async function onPath(
  name: string,
  versionArgs: readonly string[],
  minimum: string,
): Promise<string | undefined> {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
    } catch {
      continue;
    }
    const version = await versionOf(path, versionArgs);
    if (version !== undefined && atLeast(version, minimum)) return path;
  }
  return undefined;
}
