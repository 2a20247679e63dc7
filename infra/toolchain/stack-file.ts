import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { checkout } from "./folders.ts";

const scalar = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]);
// The engine hands a map or a list to the program as JSON.
const structure = z.union([z.array(z.unknown()), z.looseObject({ secure: z.never().optional() })]);
const encrypted = z.object({ secure: z.string() }).transform(() => undefined);
const value = z.union([scalar, encrypted, structure.transform((one) => JSON.stringify(one))]);
const schema = z.object({ config: z.record(z.string(), value).nullish() });

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
    Object.entries(result.data.config ?? {}).flatMap(([key, one]) => (one === undefined ? [] : [[key, one]])),
  );
}
