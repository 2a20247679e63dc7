import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isFree } from "../infra/process-provider/ports.ts";
import { checkout } from "../infra/toolchain/folders.ts";

export interface Finished {
  readonly code: number;
  /** Standard output and error together, as a person sees them. */
  readonly text: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

export interface Scratch {
  readonly folder: string;
  /** Starts one of the project's npm scripts in the copy. */
  start(script: string, ...args: string[]): Running;
  /** Runs one of the project's npm scripts in the copy to its end. */
  run(script: string, ...args: string[]): Promise<Finished>;
  /** Starts a program in the copy. */
  spawn(command: string, ...args: string[]): Running;
  remove(): void;
}

/**
 * A copy of the checkout as git would clone it, with uncommitted changes, so that a test has state, config and
 * processes of its own. Dependencies are shared.
 */
export function scratchCheckout(): Scratch {
  const folder = mkdtempSync(join(tmpdir(), "launchlab-"));
  // Root's services run as another user, who must be able to walk there.
  chmodSync(folder, 0o755);
  const list = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: checkout,
  });
  for (const path of list
    .toString()
    .split("\0")
    .filter((name) => name !== "")) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(checkout, path), target);
  }
  symlinkSync(join(checkout, "node_modules"), join(folder, "node_modules"));

  const spawnHere = (command: string, ...args: string[]): Running => {
    const child = spawn(command, args, {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own, so that a test can kill all of it at once.
      detached: true,
      env: {
        ...process.env,
        CI: "",
        PULUMI_BACKEND_URL: undefined,
        PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
      },
    });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
    const finished = new Promise<Finished>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve({ code: code ?? -1, text }));
    });
    return { child, finished };
  };
  const start = (script: string, ...args: string[]): Running =>
    spawnHere("npm", "run", "--silent", script, "--", ...args);
  return {
    folder,
    start,
    spawn: spawnHere,
    run: (script, ...args) => start(script, ...args).finished,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The first port of a block that nobody listens in. */
export async function freeBlock(size: number): Promise<number> {
  for (let base = 21_000; base < 60_000; base += size) {
    const free = await Promise.all(Array.from({ length: size }, (_, i) => isFree(base + i)));
    if (free.every(Boolean)) return base;
  }
  throw new Error(`no block of ${size} free ports on this machine`);
}
