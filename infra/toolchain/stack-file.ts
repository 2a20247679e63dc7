import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { checkout } from "./folders.ts";

const scalar = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]);
const schema = z.object({ config: z.record(z.string(), z.union([scalar, z.looseObject({})])).nullish() });

/**
 * The plain values of a stack's configuration file, encrypted ones left out; undefined when there is no such file.
 * Throws when the file is no configuration of a stack.
 */
export function readStackFile(stack: string, project = checkout): Record<string, string> | undefined {
  const file = join(project, `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) return undefined;
  const result = schema.safeParse(parse(readFileSync(file, "utf8")) ?? {});
  if (!result.success)
    throw new Error(`Pulumi.${stack}.yaml is not the configuration of a stack: mend its config`);
  return Object.fromEntries(
    Object.entries(result.data.config ?? {}).flatMap(([key, value]) =>
      typeof value === "string" ? [[key, value]] : [],
    ),
  );
}
