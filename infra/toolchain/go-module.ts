import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { promisify } from "node:util";
import { z } from "zod";
import { cacheFolder } from "./folders.ts";

const run = promisify(execFile);

export interface GoModule {
  readonly path: string;
  readonly version: string;
  /** Its checksum as go.sum writes it: `h1:...`. */
  readonly sum: string;
}

const downloadSchema = z.object({ Dir: z.string(), Sum: z.string() });

/** Folder that holds the files of a Go module, whose checksum has been compared. */
export async function goModule({ path, version, sum }: GoModule): Promise<string> {
  // A folder without go.mod: the module is wanted by itself, without what it requires.
  const cwd = cacheFolder("go");
  mkdirSync(cwd, { recursive: true });
  const { stdout } = await run("go", ["mod", "download", "-json", `${path}@${version}`], {
    cwd,
    env: { ...process.env, GOFLAGS: "", GOWORK: "off" },
  }).catch((error: unknown) => {
    const reason = error instanceof Error && "stdout" in error ? String(error.stdout) : String(error);
    throw new Error(
      `cannot get the Go module ${path}@${version}: ${/"Error": "(.*)"/.exec(reason)?.[1] ?? reason}`,
    );
  });
  const { Dir, Sum } = downloadSchema.parse(JSON.parse(stdout));
  if (Sum !== sum) throw new Error(`${path}@${version} has checksum ${Sum} instead of ${sum}: not used`);
  return Dir;
}
