import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goProgram } from "../../infra/toolchain/go-program.ts";
import { freePort, until } from "./wait.ts";

const version = "1.8.0";

/** Path of Versity's S3 gateway, a real server of the protocol. Throws a MissingProgram. */
export const versitygw = (say: (line: string) => void = console.error): Promise<string> =>
  goProgram(
    {
      module: "versitygw",
      package: "github.com/versity/versitygw/cmd/versitygw",
      version,
      oldest: "1.0.0",
      versionArgs: ["--version"],
      install: "versitygw (https://github.com/versity/versitygw), or Go 1.26.8 or newer",
      effort: "some minutes on two cores",
    },
    say,
  );

export const s3Keys = { id: "launchlab", secret: "a-secret-of-the-tests" };

export interface S3Server {
  readonly endpoint: string;
  readonly bucket: string;
  stop(): Promise<void>;
}

/** An S3 server with an empty bucket, whose objects are files of a new folder. */
export async function startS3(): Promise<S3Server> {
  const program = await versitygw();
  const folder = await mkdtemp(join(tmpdir(), "launchlab-s3-"));
  const [bucket, port] = ["backups", await freePort()];
  for (const part of ["objects", `objects/${bucket}`, "metadata"]) await mkdir(join(folder, part));
  const child = spawn(
    program,
    // What is known of an object is kept beside it, and not in the file system's attributes, which not each has.
    ["--port", `127.0.0.1:${port}`, "posix", "--sidecar", join(folder, "metadata"), join(folder, "objects")],
    {
      env: { ...process.env, ROOT_ACCESS_KEY_ID: s3Keys.id, ROOT_SECRET_ACCESS_KEY: s3Keys.secret },
      stdio: "ignore",
    },
  );
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const endpoint = `http://127.0.0.1:${port}`;
  await until("the S3 server answers", async () => (await fetch(endpoint)).status > 0);
  return {
    endpoint,
    bucket,
    stop: async () => {
      child.kill("SIGKILL");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
