import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { isAlive } from "../process-provider/identity.ts";
import { cacheFolder, checkout } from "./folders.ts";
import { pulumiCli } from "./pulumi-cli.ts";

export interface Engine {
  /** URL of the backend that holds the state. */
  readonly backend: string;
  /** Runs the CLI with its own output on the terminal; resolves with its exit code. */
  run(args: readonly string[], env?: Record<string, string>): Promise<number>;
  /** Runs the CLI and resolves with what it prints; throws with its error text. */
  read(args: readonly string[], env?: Record<string, string>): Promise<string>;
}

/** State and passphrase live in the checkout, unless the user chose a backend. */
export function environment(cli: string): NodeJS.ProcessEnv {
  const home = join(checkout, ".launchlab");
  const env: NodeJS.ProcessEnv = {
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_ERROR_OUTPUT_STRING: "1",
    NODE_COMPILE_CACHE: cacheFolder("compiled"),
    ...process.env,
    PATH: [join(checkout, "node_modules/.bin"), dirname(cli), process.env["PATH"] ?? ""].join(delimiter),
  };
  if (env["PULUMI_BACKEND_URL"] === undefined) {
    // Only the state is private: programs that run as another user must reach their own folders beside it.
    mkdirSync(home, { recursive: true });
    mkdirSync(join(home, "state"), { recursive: true, mode: 0o700 });
    // The engine replaces a state at once, but not the file beside it with the state's content type: killed while it
    // writes that one, it could not read the state again.
    env["PULUMI_BACKEND_URL"] = `file://${join(home, "state")}?metadata=skip`;
  }
  if (env["PULUMI_CONFIG_PASSPHRASE"] === undefined && env["PULUMI_CONFIG_PASSPHRASE_FILE"] === undefined) {
    const file = join(home, "passphrase");
    if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString("base64url"), { mode: 0o600 });
    env["PULUMI_CONFIG_PASSPHRASE_FILE"] = file;
  }
  return env;
}

/** The Pulumi CLI, made available first where it is missing. */
export async function engine(say: (line: string) => void): Promise<Engine> {
  const cli = await pulumiCli(say);
  const base = environment(cli);
  return {
    backend: base["PULUMI_BACKEND_URL"] ?? "",
    run: (args, env = {}) =>
      new Promise((resolve, reject) => {
        const child = spawn(cli, args, { cwd: checkout, stdio: "inherit", env: { ...base, ...env } });
        // A terminal's Ctrl-C reaches the CLI by itself; it then stops in order.
        const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
        process.on("SIGTERM", forward);
        process.on("SIGINT", () => undefined);
        child.once("error", reject);
        child.once("exit", (code) => {
          process.off("SIGTERM", forward);
          resolve(code ?? 1);
        });
      }),
    read: (args, env = {}) =>
      new Promise((resolve, reject) => {
        const child = spawn(cli, args, {
          cwd: checkout,
          stdio: ["ignore", "pipe", "pipe"],
          env: { ...base, ...env },
        });
        let out = "";
        let err = "";
        child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
        child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
        child.once("error", reject);
        child.once("close", (code) =>
          code === 0 ? resolve(out) : reject(new Error(err.trim() || out.trim())),
        );
      }),
  };
}

/**
 * True when an update that was killed left its lock behind: the lock names a process of this machine that no
 * longer runs. Only state folders are looked at; other backends have their own locks.
 */
export function hasStaleLock(stack: string, backend: string): boolean {
  const locks = globSync(join(backend, ".pulumi/locks/organization", "*", stack, "*.json"));
  return locks.some((file) => {
    try {
      const lock: unknown = JSON.parse(readFileSync(file, "utf8"));
      if (typeof lock !== "object" || lock === null || !("pid" in lock) || !("hostname" in lock))
        return false;
      return lock.hostname === hostname() && typeof lock.pid === "number" && !isAlive(lock.pid);
    } catch {
      return false;
    }
  });
}
