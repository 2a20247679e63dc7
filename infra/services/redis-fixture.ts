// What the tests of Redis share: the real programs with the stack's own configuration, and the bot's connection.
import { spawn, type ChildProcess } from "node:child_process";
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { pino } from "pino";
import { createCache, type Cache } from "../../app/cache/redis.ts";
import type { RedisConfig } from "../../app/config.ts";
import { createMetrics } from "../../app/metrics.ts";
import { ended } from "../../test/support/postgres.ts";
import { packages } from "../packages.ts";
import { provide } from "../process-provider/packages.ts";

export const password = "planted-redis-password";
/** The user `nobody`, as which the local platform runs Redis when root starts the stack. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

/** A program that can be ended and started again, in folders of its own. */
export interface Program {
  /** What it wrote since it was first started. */
  output(): string;
  start(): void;
  signal(name: NodeJS.Signals): void;
  /** Ends it, by SIGKILL unless said otherwise. */
  end(name?: NodeJS.Signals): Promise<void>;
}

/** A folder that Redis may write, and that goes with `remove`. */
export function redisFolder(): { path: string; sub: (name: string) => string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "launchlab-redis-"));
  const own = (folder: string): string => {
    if (NOBODY.uid !== undefined) chownSync(folder, NOBODY.uid, NOBODY.gid);
    return folder;
  };
  own(path);
  return {
    path,
    sub: (name) => {
      mkdirSync(join(path, name));
      return own(join(path, name));
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** Writes a file that Redis may read. */
export function give(path: string, content: string): string {
  writeFileSync(path, content, { mode: 0o600 });
  if (NOBODY.uid !== undefined) chownSync(path, NOBODY.uid, NOBODY.gid);
  return path;
}

/** Starts a command whose first word may be a program of Redis. */
export async function run(command: readonly string[]): Promise<Program> {
  const { programs, env } = await provide(packages.redis);
  const folders = [...new Set(Object.values(programs).map((path) => dirname(path)))];
  const [program = "", ...args] = command;
  const known: Readonly<Record<string, string>> = programs;
  let text = "";
  let child: ChildProcess | undefined;
  const start = (): void => {
    child = spawn(known[program] ?? program, args, {
      env: { PATH: [...folders, "/usr/bin", "/bin"].join(delimiter), ...env },
      cwd: "/",
      stdio: ["ignore", "pipe", "pipe"],
      ...NOBODY,
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  };
  start();
  return {
    output: () => text,
    start,
    signal: (name) => child?.kill(name),
    end: async (name = "SIGKILL") => {
      if (child === undefined) return;
      child.kill("SIGCONT");
      child.kill(name);
      await ended(child);
    },
  };
}

/** The bot's own connection, and whether it says that memory stands in for Redis. */
export function connect(config: RedisConfig): { cache: Cache; fallback: () => Promise<boolean> } {
  const metrics = createMetrics("test");
  const cache = createCache(config, metrics, pino({ level: "silent" }));
  const fallback = async (): Promise<boolean> =>
    (await metrics.cacheFallbackActive.get()).values[0]?.value === 1;
  return { cache, fallback };
}
