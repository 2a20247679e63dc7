// `npm run backup -- COMMAND`: the program of the scheduled backups, run by hand on a local stack.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Spec } from "../process-provider/spec.ts";
import { runLike, specOf } from "./local-program.ts";

/** The environment of a stack's backups. Only that of the drill has the key that opens them. */
function environmentOf(stack: string, opens: boolean): Spec {
  const spec = (opens ? specOf(stack, "backup-drill") : undefined) ?? specOf(stack, "backup");
  if (spec !== undefined) return spec;
  throw new Error(
    `stack ${stack} makes no backups, or is not up: \`npm run pulumi -- config set launchlab:backups on --stack ` +
      `${stack}\`, then \`npm run up -- --stack ${stack}\``,
  );
}

/** The login of the database's owner: what is restored belongs to it. */
function ownerOf(stack: string): Record<string, string> {
  const env = specOf(stack, "migrate")?.env ?? {};
  const login = ["DATABASE_USER", "DATABASE_PASSWORD_FILE"];
  return Object.fromEntries(Object.entries(env).filter(([name]) => login.includes(name)));
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
  const spec = environmentOf(values.stack, ["verify", "restore", "drill"].includes(command));
  const into = values.into === undefined ? [] : ["--into", values.into];
  const { identity, signature } = values;
  // Of a backup that another stack made.
  const keys = {
    ...(identity === undefined ? {} : { BACKUP_IDENTITY_FILE: resolve(identity) }),
    ...(signature === undefined ? {} : { BACKUP_SIGNATURE_FILE: resolve(signature) }),
  };
  runLike(spec, ["app/backup/main.ts", ...words, ...into], {
    ...keys,
    ...(command === "restore" ? ownerOf(values.stack) : {}),
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
