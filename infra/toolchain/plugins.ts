import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Engine } from "./engine.ts";
import { checkout } from "./folders.ts";
import { patiently } from "./patiently.ts";

const listSchema = z.array(z.object({ name: z.string(), version: z.string().optional() }));

/** The version of the engine's plugin that belongs to the installed SDK `@pulumi/NAME`. */
export const pluginVersion = (name: string): string => {
  const file = join(checkout, "node_modules/@pulumi", name, "package.json");
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(file, "utf8"))).version;
};

/** Of these plugins, those that are not here in the version that is needed. */
export async function missingPlugins(
  pulumi: Pick<Engine, "read">,
  names: readonly string[],
): Promise<string[]> {
  const present = listSchema.parse(JSON.parse(await pulumi.read(["plugin", "ls", "--json"])));
  return names.filter(
    (name) => !present.some((one) => one.name === name && one.version === pluginVersion(name)),
  );
}

/** Makes sure of plugins that the engine needs. Throws with what to do where they cannot be downloaded. */
export async function preparePlugins(
  pulumi: Pick<Engine, "read">,
  names: readonly string[],
  say: (line: string) => void,
): Promise<void> {
  for (const name of await missingPlugins(pulumi, names)) {
    const version = pluginVersion(name);
    say(`Getting the engine's plugin ${name} ${version} ...`);
    try {
      await patiently(say, () => pulumi.read(["plugin", "install", "resource", name, version]));
    } catch (error) {
      const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
      throw new Error(
        `the engine's plugin ${name} ${version} is not here, and its download failed (${reason}). Get ` +
          `pulumi-resource-${name} ${version} from https://github.com/pulumi/pulumi-${name}/releases, then ` +
          `\`npm run pulumi -- plugin install resource ${name} ${version} --file FILE\``,
        { cause: error },
      );
    }
  }
}
