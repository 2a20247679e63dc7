import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import type { DatabaseConfig } from "../config.ts";
import { BackupError, codeOf } from "./error.ts";

/** A program of Postgres at work. */
export interface Running {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Rejects with a BackupError that holds its last words when it does not end well. */
  readonly ended: Promise<void>;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Ends the program. */
  readonly signal?: AbortSignal;
  /** With this. @default SIGTERM */
  readonly stop?: NodeJS.Signals;
  /** Runs as this user and group instead of ours. */
  readonly user?: number;
}

/** Characters of a program's last words. */
const WORDS = 2000;

/** Starts a program of Postgres that is on PATH. */
export function start(program: string, args: readonly string[], options: StartOptions = {}): Running {
  const { env = {}, cwd, signal, stop, user } = options;
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "pipe"],
    ...(cwd === undefined ? {} : { cwd }),
    ...(signal === undefined ? {} : { signal }),
    ...(stop === undefined ? {} : { killSignal: stop }),
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  let words = "";
  child.stderr.on("data", (chunk: Buffer) => (words = (words + chunk.toString()).slice(-WORDS)));
  // What it did not want to read is no error of ours: how it ended says what happened.
  child.stdin.on("error", () => undefined);
  const ended = new Promise<void>((resolve, reject) => {
    child.once("error", (error) => {
      reject(
        codeOf(error) === "ENOENT"
          ? new BackupError(`${program} is not on PATH: install the programs of PostgreSQL`, error)
          : error,
      );
    });
    child.once("close", (code, killed) => {
      if (code === 0) resolve();
      else {
        const how = killed ?? `exit code ${String(code)}`;
        reject(new BackupError(`${basename(program)} failed (${how}): ${words.trim() || "without a word"}`));
      }
    });
  });
  // Whoever reads the output asks for the end later, or never, when reading has failed.
  ended.catch(() => undefined);
  return { stdin: child.stdin, stdout: child.stdout, ended };
}

/** What a program writes; fails at the end unless the program ended well. */
export async function* outputOf(running: Running): AsyncGenerator<Uint8Array> {
  for await (const chunk of running.stdout) yield chunk as Uint8Array;
  await running.ended;
}

export interface Version {
  readonly major: number;
  /** As "17.6". */
  readonly text: string;
}

/** "pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)" or a server's "17.6". */
export function versionIn(text: string): Version {
  const found = /\d+(\.\d+)*/.exec(text)?.[0] ?? "0";
  return { major: Number.parseInt(found, 10), text: found };
}

export async function versionOf(program: string): Promise<Version> {
  const running = start(program, ["--version"]);
  running.stdin.end();
  let text = "";
  for await (const chunk of outputOf(running)) text += Buffer.from(chunk).toString();
  return versionIn(text);
}

/** In a password file, these two would end the field. */
const escaped = (password: string): string => password.replaceAll(/[\\:]/g, "\\$&");

/**
 * Runs `use` with the environment in which the programs of Postgres reach the database. The password is in a file that
 * only we may read, and that is gone afterwards.
 */
export async function withLogin<T>(
  database: DatabaseConfig,
  use: (env: Record<string, string>) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "launchlab-login-"));
  try {
    const passwords = join(folder, "passwords");
    await writeFile(passwords, `*:*:*:*:${escaped(database.password)}\n`, { mode: 0o600 });
    const env: Record<string, string> = {
      PGHOST: database.host,
      PGPORT: String(database.port),
      PGUSER: database.user,
      PGDATABASE: database.name,
      PGPASSFILE: passwords,
      PGSSLMODE: database.tls,
      PGAPPNAME: "launchlab-backup",
      PGCONNECT_TIMEOUT: "10",
    };
    // "system": the authorities that the machine trusts. libpq would check against a file at `require` as well.
    if (database.tls === "verify-full") env["PGSSLROOTCERT"] = database.caFile ?? "system";
    return await use(env);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
