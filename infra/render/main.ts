import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { readStackFile } from "../toolchain/stack-file.ts";
import { render } from "./render.ts";

/** Removes what an earlier run wrote, and nothing else. */
function removeRendered(folder: string): void {
  for (const name of readdirSync(folder).filter((one) => one.endsWith(".yaml"))) {
    const path = join(folder, name);
    if (readFileSync(path, "utf8").startsWith("# Rendered from stack ")) rmSync(path);
  }
}

try {
  const { values } = parseArgs({
    options: { stack: { type: "string", short: "s" }, out: { type: "string" } },
  });
  const { stack, out } = values;
  if (stack === undefined || out === undefined)
    throw new Error("usage: npm run render -- --stack NAME --out FOLDER");
  const config = readStackFile(stack);
  if (config === undefined) throw new Error(`there is no stack ${stack}: Pulumi.${stack}.yaml is missing`);
  const files = await render(stack, config);
  const folder = resolve(out);
  mkdirSync(folder, { recursive: true });
  removeRendered(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  console.log(
    `${Object.keys(files).length - 1} manifests are in ${out}; secrets.txt says which Secrets they need.`,
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
