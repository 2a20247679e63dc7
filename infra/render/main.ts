import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { kubeseal } from "../toolchain/kubeseal.ts";
import { readStackFile } from "../toolchain/stack-file.ts";
import type { Sealer } from "./render.ts";
import { seal } from "./seal.ts";
import { fillSecrets, parseValues } from "./secrets.ts";

const USAGE =
  "usage: npm run render -- --stack NAME --out FOLDER [--seal CERTIFICATE --values FILE]\n" +
  "FILE is YAML with a line `name: value` for each value that secrets.txt asks for in angle brackets; - is the standard input.";

/** Removes what an earlier run wrote, and nothing else. */
function removeRendered(folder: string): void {
  for (const name of readdirSync(folder).filter((one) => /\.yaml$|^secrets\.txt$/.test(one))) {
    const path = join(folder, name);
    if (/^(# Rendered from stack |Secrets to create in )/.test(readFileSync(path, "utf8"))) rmSync(path);
  }
}

async function sealerOf(certificate: string, valuesFile: string): Promise<Sealer> {
  const values = parseValues(readFileSync(valuesFile === "-" ? 0 : valuesFile, "utf8"));
  const program = await kubeseal();
  return (secrets) =>
    Promise.all(fillSecrets(secrets, values).map((secret) => seal(secret, { program, certificate })));
}

try {
  const { values } = parseArgs({
    options: {
      stack: { type: "string", short: "s" },
      out: { type: "string" },
      seal: { type: "string" },
      values: { type: "string" },
    },
  });
  const { stack, out } = values;
  if (stack === undefined || out === undefined) throw new Error(USAGE);
  if ((values.seal === undefined) !== (values.values === undefined))
    throw new Error(
      `--seal and --values belong together: values are never written unless they are sealed\n${USAGE}`,
    );
  const config = readStackFile(stack);
  if (config === undefined) throw new Error(`there is no stack ${stack}: Pulumi.${stack}.yaml is missing`);
  const sealer =
    values.seal === undefined || values.values === undefined
      ? undefined
      : await sealerOf(values.seal, values.values);
  // Loaded only now: the SDK is large, and a wrong argument should not wait for it.
  const { render } = await import("./render.ts");
  const files = await render(stack, config, sealer);
  const folder = resolve(out);
  mkdirSync(folder, { recursive: true });
  removeRendered(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const count = Object.keys(files).filter((name) => name.endsWith(".yaml")).length;
  console.log(
    `${count} manifests are in ${out}; ` +
      (sealer === undefined ? "secrets.txt says which Secrets they need." : "their Secrets are sealed."),
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
