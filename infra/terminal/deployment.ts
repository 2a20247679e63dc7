import { z } from "zod";
import { engine } from "../toolchain/engine.ts";
import { presentCli } from "../toolchain/pulumi-cli.ts";
import { NotKnown } from "./site.ts";

const historySchema = z.array(
  z.object({
    kind: z.string(),
    startTime: z.string(),
    endTime: z.string().default(""),
    result: z.string().default("in-progress"),
    message: z.string().default(""),
    environment: z.record(z.string(), z.string()).default({}),
    resourceChanges: z.record(z.string(), z.number()).default({}),
  }),
);

/** The last change of a stack, as the engine noted it. */
export interface Deployment {
  /** update, destroy, refresh or another word of the engine's. */
  readonly kind: string;
  /** succeeded, failed or in-progress. */
  readonly result: string;
  /** In ISO 8601. */
  readonly started: string;
  readonly ended?: string;
  /** Of the checkout, where it was one of git. */
  readonly revision?: string;
  /** Whether files differed from that revision. */
  readonly dirty?: boolean;
  /** First line of the revision's message. */
  readonly message?: string;
  /** Numbers of resources by what was done to them. */
  readonly changes: Readonly<Record<string, number>>;
}

/** What `pulumi stack history --json` prints, newest first. Undefined when there was nothing yet. */
export function newestOf(text: string): Deployment | undefined {
  const [last] = historySchema.parse(JSON.parse(text));
  if (last === undefined) return undefined;
  const { kind, result, startTime, endTime, message, environment, resourceChanges } = last;
  const { "git.head": revision, "git.dirty": dirty } = environment;
  const time = (text: string): string => new Date(text).toISOString();
  return {
    ...{ kind, result, started: time(startTime), changes: resourceChanges },
    ...(endTime === "" || result === "in-progress" ? {} : { ended: time(endTime) }),
    ...(revision === undefined ? {} : { revision, dirty: dirty === "true" }),
    ...(message === "" ? {} : { message: message.split("\n")[0] ?? "" }),
  };
}

/** The last change of a stack. Asks the Pulumi CLI, and never makes it. Throws a NotKnown. */
export async function lastDeployment(stack: string): Promise<Deployment> {
  const up = `\`npm run up -- --stack ${stack}\``;
  if ((await presentCli()) === undefined)
    throw new NotKnown("the Pulumi CLI, which keeps the history, is not on this machine", `${up} gets it`);
  const pulumi = await engine(() => undefined);
  const page = ["--page-size", "1", "--page", "1"];
  const text = await pulumi
    .read(["stack", "history", "--json", ...page, "--stack", stack])
    .catch((cause: unknown) => {
      const [reason = ""] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
      throw new NotKnown(reason.replace(/^error: /, ""), up, { cause });
    });
  const last = newestOf(text);
  if (last === undefined) throw new NotKnown("nothing was deployed from here yet", up);
  return last;
}
