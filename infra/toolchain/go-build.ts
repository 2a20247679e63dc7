import { spawn } from "node:child_process";
import { mkdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { lastLines, openLog } from "../process-provider/log-file.ts";
import { cacheFolder } from "./folders.ts";
import { versionOf } from "./on-path.ts";

export interface GoProgram {
  /** Folder beside this file that holds go.mod and go.sum. */
  readonly module: string;
  readonly package: string;
  readonly ldflags?: string;
}

/** A program that has to be installed; the message says how. */
export class MissingProgram extends Error {}

/** Throws a MissingProgram with this message where Go is not installed. */
export async function needGo(message: string): Promise<void> {
  if ((await versionOf("go", ["version"])) === undefined) throw new MissingProgram(message);
}

/** Builds a program from Go modules, whose checksums are committed, and shows how far it is. */
export async function goBuild(
  program: GoProgram,
  target: string,
  say: (line: string) => void,
): Promise<void> {
  mkdirSync(dirname(target), { recursive: true });
  const logPath = cacheFolder("log", `${program.module}-build.log`);
  const log = openLog(logPath);
  const next = `${target}.${process.pid}.new`;
  const begun = Date.now();
  let packages = 0;
  const flags = ["-mod=readonly", "-trimpath", "-v", "-ldflags", `-s -w ${program.ldflags ?? ""}`];
  const child = spawn("go", ["build", ...flags, "-o", next, program.package], {
    cwd: join(import.meta.dirname, program.module),
    // Without cgo it needs no C compiler and runs on any libc.
    env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  child.stderr.on("data", (chunk: Buffer) => {
    packages += chunk.toString().split("\n").length - 1;
    log.write(chunk);
  });
  const timer = setInterval(() => {
    say(`  ... ${packages} packages after ${Math.round((Date.now() - begun) / 1000)} s`);
  }, 15_000);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  }).finally(() => {
    clearInterval(timer);
    log.close();
  });
  if (code !== 0) {
    throw new Error(
      `go build ${program.package} failed:\n${lastLines(logPath, 8).join("\n")}\nwhole log: ${logPath}`,
    );
  }
  renameSync(next, target);
}
