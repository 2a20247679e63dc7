import { parse } from "yaml";
import { z } from "zod";
import { checkToken } from "../config.ts";
import type { Manifest } from "./cluster-mocks.ts";

const secretSchema = z.looseObject({
  type: z.string().default("Opaque"),
  stringData: z.record(z.string(), z.string()),
});

const byName = (a: Manifest, b: Manifest): number => (a.metadata.name < b.metadata.name ? -1 : 1);

/** Says which Secrets have to be there, and what belongs into them. */
export function describeSecrets(secrets: readonly Manifest[]): string {
  const [first] = secrets;
  if (first === undefined) return "";
  const blocks = [...secrets].sort(byName).map((secret) => {
    const { type, stringData } = secretSchema.parse(secret);
    const keys = Object.entries(stringData).map(([key, text]) =>
      text.includes("\n") ? `  ${key}:\n${text.trimEnd().replace(/^/gm, "    ")}\n` : `  ${key}: ${text}\n`,
    );
    const kind = type === "Opaque" ? "" : ` (of type ${type})`;
    return `${secret.metadata.name}${kind}\n${keys.join("")}`;
  });
  const pair = blocks.some((block) => block.includes("<backup-recipient>"))
    ? "<backup-identity> and <backup-recipient> are a pair: the private and the public key that age-keygen makes.\n"
    : "";
  return `Secrets to create in the namespace ${first.metadata.namespace ?? "default"} before the manifests are applied.
What stands in angle brackets is a value of your own, the same wherever it stands; letters and digits only.
${pair}
${blocks.join("\n")}`;
}

const valuesSchema = z.record(z.string(), z.string());

/** Values by name, from YAML. An error repeats none of them. */
export function parseValues(text: string): Record<string, string> {
  let values: unknown;
  try {
    values = parse(text);
  } catch {
    // The parser would repeat the line.
  }
  const result = valuesSchema.safeParse(values);
  if (!result.success)
    throw new Error('the values have to be YAML with a line `name: "value"` for each, numbers in quotes');
  return result.data;
}

const PLACEHOLDER = /<([a-z0-9-]+)>/g;

/** Why the value cannot stand where it is asked for; undefined when it can. The value itself is not repeated. */
function problemOf(name: string, value: string, inText: boolean): string | undefined {
  if (name === "bot-token") {
    try {
      checkToken(value);
    } catch (error) {
      return `${name}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  if (inText && !/^[A-Za-z0-9]+$/.test(value)) return `${name} has to be of letters and digits only`;
  return /^[^\r\n]+$/.test(value) ? undefined : `${name} has to be one line`;
}

/**
 * The Secrets with these values in place of what stands in angle brackets. Throws with everything that is missing, not
 * asked for, or not usable.
 */
export function fillSecrets(
  secrets: readonly Manifest[],
  values: Readonly<Record<string, string>>,
): Manifest[] {
  const parsed = secrets.map((secret) => ({ secret, stringData: secretSchema.parse(secret).stringData }));
  const texts = parsed.flatMap(({ stringData }) => Object.values(stringData));
  const asked = new Set(
    texts.flatMap((text) => [...text.matchAll(PLACEHOLDER)].map(([, name = ""]) => name)),
  );
  const problems = [
    ...[...asked].filter((name) => values[name] === undefined).map((name) => `${name} is missing`),
    ...Object.entries(values).flatMap(([name, value]) => {
      if (!asked.has(name)) return [`${name} is not asked for`];
      const inText = texts.some((text) => text.includes(`<${name}>`) && text !== `<${name}>`);
      return problemOf(name, value, inText) ?? [];
    }),
  ].sort();
  if (problems.length > 0)
    throw new Error(
      `the values do not fit the stack's Secrets:\n${problems.map((one) => `  ${one}`).join("\n")}`,
    );
  return parsed.map(({ secret, stringData }) => ({
    ...secret,
    stringData: Object.fromEntries(
      Object.entries(stringData).map(([key, text]) => [
        key,
        text.replaceAll(PLACEHOLDER, (_all, name: string) => values[name] ?? ""),
      ]),
    ),
  }));
}
