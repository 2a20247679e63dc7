import { z } from "zod";
import { bad, good, look, type Finding, type Problem } from "../../../app/finding.ts";
import { dockerEngine } from "../../toolchain/docker-engine.ts";
import { engine, hasStaleLock } from "../../toolchain/engine.ts";
import type { PlatformName } from "../find-site.ts";
import type { Site } from "../site.ts";

const findingsSchema = z.array(
  z.object({
    about: z.string(),
    state: z.enum(["good", "look", "bad"]),
    found: z.string(),
    advice: z.string().optional(),
  }),
);

/** What the bot's own check of its database says (`npm run check-database`), run beside it. */
export async function database(site: Pick<Site, "run">): Promise<Finding[]> {
  const text = await site.run(["app/database/check-main.ts", "--json"]);
  const parsed = findingsSchema.safeParse(jsonOf(text));
  if (!parsed.success)
    return [
      look("database", "what runs does not know this question", "`npm run up` brings it to this version"),
    ];
  const found = parsed.data.map(({ about, state, found: words, advice }) =>
    advice === undefined || state === "good"
      ? good(`database, ${about}`, words)
      : { about: `database, ${about}`, state, found: words, advice },
  );
  const problems = found.filter(({ state }) => state !== "good");
  return problems.length > 0 ? problems : [good("database", `${found.length} questions, all answered well`)];
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const previewSchema = z.object({ steps: z.array(z.object({ op: z.string(), urn: z.string() })) });

/** The resources that `pulumi preview --json` would change, by name. */
export const proposed = (text: string): string[] => [
  ...new Set(
    previewSchema
      .parse(JSON.parse(text))
      .steps.filter(({ op }) => !["same", "read", "refresh"].includes(op))
      .map(({ urn }) => urn.split("::").at(-1) ?? urn),
  ),
];

/** Whether what runs is what code and configuration say. Changes nothing. */
export async function drift(stack: string, platform: PlatformName): Promise<Finding> {
  const up = `\`npm run up -- --stack ${stack}\``;
  const pulumi = await engine(() => undefined);
  if (hasStaleLock(stack, pulumi.backend.replace(/^file:\/\/|\?.*$/g, "")))
    return bad("drift", "an update was killed, and left its lock behind", `${up} mends it`);
  const env: Record<string, string> =
    platform === "docker"
      ? { DOCKER_HOST: (await dockerEngine()).host }
      : { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" };
  let names: string[];
  try {
    names = proposed(await pulumi.read(["preview", "--json", "--stack", stack], env));
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const reason = text.split("\n").find((line) => line.includes("error")) ?? text.slice(0, 200);
    return look("drift", `not known: ${reason.trim()}`, `\`npm run preview -- --stack ${stack}\``);
  }
  if (names.length === 0) return good("drift", "what runs is what code and configuration say");
  const more = names.length > 6 ? ` and ${names.length - 6} more` : "";
  const found = `not what code and configuration say: ${names.slice(0, 6).join(", ")}${more}`;
  return look("drift", found, `\`npm run preview -- --stack ${stack}\` shows it, ${up} changes it`);
}

/** What the status has found, or that there was nothing. */
export const health = (problems: readonly Problem[]): Finding[] =>
  problems.length > 0 ? [...problems] : [good("stack", "all is well (`npm run status`)")];
