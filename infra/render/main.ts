import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import { z } from "zod";
import { checkout } from "../toolchain/folders.ts";
import { render } from "./render.ts";

const stackFile = z.object({
  config: z
    .record(
      z.string(),
      z.union([z.string(), z.number().transform(String), z.boolean().transform(String), z.looseObject({})]),
    )
    .default({}),
});

/** The plain values of a stack's configuration; what is encrypted is not needed here. */
function readConfig(stack: string): Record<string, string> {
  const file = join(checkout, `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) throw new Error(`there is no stack ${stack}: Pulumi.${stack}.yaml is missing`);
  const result = stackFile.safeParse(parse(readFileSync(file, "utf8")) ?? {});
  if (!result.success) throw new Error(`Pulumi.${stack}.yaml is not the configuration of a stack`);
  return Object.fromEntries(
    Object.entries(result.data.config).flatMap(([key, value]) =>
      typeof value === "string" ? [[key, value]] : [],
    ),
  );
}

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
  const files = await render(stack, readConfig(stack));
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
