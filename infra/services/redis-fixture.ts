// What the tests of Redis share: the real programs with the stack's own configuration, and the bot's connection.
import { spawn, type ChildProcess } from "node:child_process";
import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { pino } from "pino";
import { createRedis, type RedisConnection } from "../../app/cache/redis.ts";
import type { RedisConfig } from "../../app/config.ts";
import { createMetrics } from "../../app/metrics.ts";
import { until } from "../../test/support/wait.ts";
import { packages } from "../packages.ts";
import { processSchema } from "../process-provider/inputs.ts";
import { provide } from "../process-provider/packages.ts";
import { register, type Registration } from "../stack-fixture.ts";
import { stackFolder } from "../toolchain/folders.ts";
import type { RedisPasswords, RedisUser } from "./redis-users.ts";

export const password = (user: RedisUser): string => `planted-${user}-password`;
/** One for each user. */
export const passwords: RedisPasswords = {
  bot: [password("bot")],
  exporter: [password("exporter")],
  member: [password("member")],
  admin: [password("admin")],
};
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

export interface Sentinels {
  /** redis-0 to redis-2, redis-sentinel-0 to redis-sentinel-2. */
  program: (name: string) => Program;
  port: (name: string) => number;
  /** What the bot is told. */
  readonly env: Readonly<Record<string, string>>;
  /** Gives all of them the files of another generation of secrets, which they read at their next start. */
  renew: (secretGeneration: number) => Promise<void>;
}

/** A folder that goes with `remove`; Redis may write it and those that are made in it. */
export function redisFolder(): { path: string; make: (path: string) => string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "launchlab-redis-"));
  const own = (folder: string): string => {
    if (NOBODY.uid !== undefined) chownSync(folder, NOBODY.uid, NOBODY.gid);
    return folder;
  };
  own(path);
  return {
    path,
    make: (inner) => {
      for (const made of missing(inner)) {
        mkdirSync(made);
        own(made);
      }
      return inner;
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** The folder and those around it that do not exist, the outermost first. */
const missing = (path: string): string[] => (existsSync(path) ? [] : [...missing(dirname(path)), path]);

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
      const running = child;
      if (running === undefined) return;
      running.kill("SIGCONT");
      running.kill(name);
      await until(`it has ended by ${name}`, () => {
        if (running.exitCode === null && running.signalCode === null) throw new Error(text.slice(-1000));
        return true;
      });
    },
  };
}

/**
 * The servers and Sentinels of a stack, as the local platform would run them but for their supervisors, in a folder of
 * their own.
 */
export async function startSentinels(
  basePort: number,
): Promise<{ stack: Sentinels; stop: () => Promise<void> }> {
  const folder = redisFolder();
  const render = (secretGeneration = 1): Promise<Registration> =>
    register({
      config: {
        redisHa: "sentinel",
        basePort: String(basePort),
        secretGeneration: String(secretGeneration),
      },
    });
  /** Writes their files, and gives their commands. */
  const prepare = ({ processes }: Registration): Map<string, readonly string[]> => {
    const commands = new Map<string, readonly string[]>();
    for (const process of processes.filter(({ name }) => /^redis-(sentinel-)?\d$/.test(name))) {
      const moved = JSON.stringify(process).replaceAll(stackFolder("dev"), folder.path);
      const inputs = processSchema.parse(JSON.parse(moved));
      for (const path of [join(inputs.folder, "files"), inputs.data ?? ""]) folder.make(path);
      for (const [path, content] of Object.entries(inputs.files))
        give(join(inputs.folder, "files", path), content);
      commands.set(inputs.name, inputs.command);
    }
    return commands;
  };
  const rendered = await render();
  const programs = new Map<string, Program>();
  for (const [name, command] of prepare(rendered)) programs.set(name, await run(command));
  const program = (name: string): Program => {
    const found = programs.get(name);
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found;
  };
  const port = (name: string): number => rendered.process(name).ports[0] ?? 0;
  return {
    stack: {
      program,
      port,
      env: rendered.process("web-0").env,
      renew: async (secretGeneration) => void prepare(await render(secretGeneration)),
    },
    stop: async () => {
      await Promise.all([...programs.values()].map((one) => one.end()));
      folder.remove();
    },
  };
}

/** The bot's own connection, and whether it says that memory stands in for Redis. */
export function connect(config: RedisConfig): { cache: RedisConnection; fallback: () => Promise<boolean> } {
  const metrics = createMetrics("test");
  const cache = createRedis(config, metrics, pino({ level: "silent" }));
  const fallback = async (): Promise<boolean> =>
    (await metrics.cacheFallbackActive.get()).values[0]?.value === 1;
  return { cache, fallback };
}
