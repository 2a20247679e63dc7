import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { promisify } from "node:util";
import { z } from "zod";
import { atLeast } from "../process-provider/packages.ts";

const run = promisify(execFile);

/** Docker 20.10, the oldest that is tested. */
const MINIMUM_API = "1.41";
/** What there are images for. */
const ARCHITECTURES = ["amd64", "arm64"];
/** The images are 2.5 GB, and data and logs grow. */
const FREE_GB = 5;

/** What is known of the engine that the Docker CLI talks to. */
export interface DockerEngine {
  /** Where it is, as DOCKER_HOST says it. */
  readonly host: string;
  readonly version: string;
  readonly api: string;
  readonly os: string;
  readonly arch: string;
  /** Undefined for another machine's. */
  readonly freeGb: number | undefined;
}

const versionSchema = z.object({
  Server: z.object({ Version: z.string(), ApiVersion: z.string(), Os: z.string(), Arch: z.string() }),
});
const infoSchema = z.object({ DockerRootDir: z.string() });

/** What the Docker CLI prints. Throws with what to do when it is missing, or has no engine. */
export async function docker(...args: string[]): Promise<string> {
  try {
    return (await run("docker", args, { maxBuffer: 64 * 1024 * 1024 })).stdout.trim();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      throw new Error("the Docker CLI is missing: install Docker (https://docs.docker.com/engine/install/)", {
        cause: error,
      });
    const text = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error);
    throw new Error(advice(text), { cause: error });
  }
}

function advice(text: string): string {
  if (/permission denied/i.test(text))
    return `${text}\nYour user may not use this Docker engine: add it to the group docker and log in again, or set DOCKER_HOST.`;
  if (/cannot connect|is the docker daemon running|connection refused|no such host/i.test(text))
    return `${text}\nNo Docker engine answers: start it (sudo systemctl start docker, or Docker Desktop), or set DOCKER_HOST.`;
  return text;
}

async function freeGbAt(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return (bavail * bsize) / 1e9;
  } catch {
    return undefined;
  }
}

/** Asks the engine of DOCKER_HOST, or of the CLI's current context. */
export async function dockerEngine(): Promise<DockerEngine> {
  const json = ["--format", "{{json .}}"];
  const { Server } = versionSchema.parse(JSON.parse(await docker("version", ...json)));
  const { DockerRootDir: root } = infoSchema.parse(JSON.parse(await docker("info", ...json)));
  const host =
    process.env["DOCKER_HOST"] ??
    (await docker("context", "inspect", "--format", "{{.Endpoints.docker.Host}}"));
  const here = host.startsWith("unix://") && existsSync(root);
  return {
    host,
    version: Server.Version,
    api: Server.ApiVersion,
    os: Server.Os,
    arch: Server.Arch,
    freeGb: here ? await freeGbAt(root) : undefined,
  };
}

/** Why the stack cannot run on the engine, with what to do; none when it can. */
export function engineProblems({ version, api, os, arch, freeGb }: DockerEngine): string[] {
  return [
    !atLeast(api, MINIMUM_API) &&
      `Docker ${version} is too old (API ${api}): version 20.10 or newer is needed, with API ${MINIMUM_API}`,
    os !== "linux" && `the engine runs ${os} containers: switch it to Linux containers`,
    !ARCHITECTURES.includes(arch) &&
      `there are no images for ${arch}: the engine's machine has to be one of ${ARCHITECTURES.join(", ")}`,
    freeGb !== undefined &&
      freeGb < FREE_GB &&
      `${freeGb.toFixed(1)} GB are free where Docker keeps its data, and ${FREE_GB} are needed: ` +
        "`docker system df` shows what takes space, `docker image prune` removes images that nobody uses",
  ].filter((problem) => problem !== false);
}
