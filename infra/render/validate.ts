import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { kubeconform } from "../toolchain/kubeconform.ts";
import { schemaLocation } from "../toolchain/kubeconform-schemas.ts";

const reportSchema = z.object({
  resources: z.array(
    z.object({
      kind: z.string(),
      name: z.string(),
      status: z.string(),
      msg: z.string().default(""),
    }),
  ),
});

/** What kubeconform says before what is wrong. */
const SCHEMA = /^.*jsonschema validation failed with '[^']*'\s*/s;

/**
 * The program and its schemas, made where they are missing. Throws a MissingProgram when that cannot be done here.
 */
export async function prepareValidation(say: (line: string) => void): Promise<[string, string]> {
  return [await kubeconform(say), await schemaLocation(say)];
}

/**
 * What is wrong with manifests (YAML, several documents), by the schemas of Kubernetes: a key that is not known, a
 * value of the wrong type, a kind without a schema.
 */
export async function validate(manifests: string): Promise<string[]> {
  const [program, location] = await prepareValidation(console.error);
  const args = ["-strict", "-output", "json", "-verbose", "-schema-location", location, "-"];
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(manifests);
  const { resources } = reportSchema.parse(JSON.parse(await text(child.stdout)));
  if (resources.length === 0) throw new Error("kubeconform has seen no manifest");
  return resources
    .filter(({ status }) => status !== "statusValid" && status !== "statusEmpty")
    .map(({ kind, name, msg }) => `${kind} ${name}: ${msg.replace(SCHEMA, "").replaceAll(/\s+/g, " ")}`);
}
