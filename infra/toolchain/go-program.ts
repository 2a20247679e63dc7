import { existsSync } from "node:fs";
import { cacheFolder } from "./folders.ts";
import { goBuild, needGo, type GoProgram } from "./go-build.ts";
import { withLock } from "./lock.ts";
import { onPath } from "./on-path.ts";

export interface WantedProgram extends GoProgram {
  /** Of what is built. The program has the name of the `module` folder. */
  readonly version: string;
  /** The oldest version on PATH that does as well. */
  readonly oldest: string;
  /** Arguments with which it prints its version. */
  readonly versionArgs: readonly string[];
  /** How to install it, or the Go that builds it. */
  readonly install: string;
  /** What building it takes. */
  readonly effort: string;
}

/** Path of a program: on PATH, in the cache, or built from its Go module. Throws a MissingProgram where none is possible. */
export async function goProgram(wanted: WantedProgram, say: (line: string) => void): Promise<string> {
  const { module: name, version, oldest, versionArgs, install, effort } = wanted;
  const present = await onPath(name, versionArgs, oldest);
  if (present !== undefined) return present;
  const target = cacheFolder(name, version, name);
  if (existsSync(target)) return target;
  await withLock(`${target}.lock`, async () => {
    if (existsSync(target)) return;
    await needGo(`${name} is missing, and Go is not installed to build it. Install ${install}.`);
    say(`Building ${name} from its Go module, once for this user: ${effort}.`);
    await goBuild(wanted, target, say);
  });
  return target;
}
