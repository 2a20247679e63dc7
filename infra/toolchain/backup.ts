// `npm run backup -- COMMAND`: the program of the scheduled backups, run by hand on a local stack.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { readSpec, type Spec } from "../process-provider/spec.ts";
import { stackFolder } from "./folders.ts";
import { readStackFile } from "./stack-file.ts";

/** What the supervisor of this process was told; undefined when the stack does not have it. */
function specOf(stack: string, name: string): Spec | undefined {
  const folder = join(stackFolder(stack), "run", name);
  return existsSync(join(folder, "spec.json")) ? readSpec(folder) : undefined;
}

/** The environment of a stack's backups. Only that of the drill has the key that opens them. */
function environmentOf(stack: string, opens: boolean): Spec {
  if ((readStackFile(stack)?.["launchlab:platform"] ?? "local") !== "local") {
    throw new Error(
      `stack ${stack} does not run here: docs/operations.md says how to do it with kubectl or docker`,
    );
  }
  const spec = (opens ? specOf(stack, "backup-drill") : undefined) ?? specOf(stack, "backup");
  if (spec !== undefined) return spec;
  throw new Error(
    `stack ${stack} makes no backups, or is not up: \`npm run pulumi -- config set launchlab:backups on --stack ` +
      `${stack}\`, then \`npm run up -- --stack ${stack}\``,
  );
}

try {
  const { values, tokens } = parseArgs({
    options: {
      stack: { type: "string", short: "s", default: "dev" },
      identity: { type: "string" },
      signature: { type: "string" },
      into: { type: "string" },
    },
    allowPositionals: true,
    tokens: true,
  });
  const words = tokens.flatMap((token) => (token.kind === "positional" ? [token.value] : []));
  const [command = ""] = words;
  const { env, cwd, user } = environmentOf(values.stack, ["verify", "restore", "drill"].includes(command));
  const into = values.into === undefined ? [] : ["--into", values.into];
  const { identity, signature } = values;
  // Of a backup that another stack made.
  const keys = {
    ...(identity === undefined ? {} : { BACKUP_IDENTITY_FILE: resolve(identity) }),
    ...(signature === undefined ? {} : { BACKUP_SIGNATURE_FILE: resolve(signature) }),
  };
  const child = spawn(process.execPath, ["app/backup/main.ts", ...words, ...into], {
    cwd,
    env: { ...env, ...keys },
    stdio: "inherit",
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  // Ctrl-C reaches it through the terminal; it cleans up and ends.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.once("exit", (code) => (process.exitCode = code ?? 1));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
