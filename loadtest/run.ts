import { join } from "node:path";
import { checkout } from "../infra/toolchain/folders.ts";
import { k6 } from "../infra/toolchain/k6.ts";
import { stackOutputs } from "../infra/toolchain/outputs.ts";
import { patiently } from "../infra/toolchain/patiently.ts";
import { readArguments } from "./arguments.ts";
import { figuresAt, type Figures } from "./figures.ts";
import { startOf } from "./k6/lib/profile.ts";
import { profileOf } from "./k6/profiles/all.ts";
import { load } from "./load.ts";
import { tableReport } from "./report/table.ts";
import { readSecret, type Target, targetOf } from "./target.ts";

/** A load is worth its report alone, too. */
async function figuresOf({ prometheus }: Target): Promise<Figures | undefined> {
  if (prometheus === undefined) return undefined;
  try {
    return await figuresAt(prometheus);
  } catch (error) {
    console.error(`Only the report, no board: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

async function main(argv: string[]): Promise<number> {
  const args = readArguments(argv);
  const { name, description, scenarios, judged, seconds } = profileOf(args.profile);
  const target: Target =
    "stack" in args
      ? targetOf(args.stack, await stackOutputs(args.stack))
      : { ...args, secret: readSecret(args.secretFile) };
  const program = await k6();
  const duration = startOf(scenarios[judged]) + seconds;
  console.log(`${name}, about ${duration} s: ${description}, to ${target.webhook}`);
  const folder = join(checkout, ".launchlab", "load", name);
  const figures = await figuresOf(target);
  const run = () => load({ profile: name, target, k6: program, folder, figures });
  // A terminal shows k6's own bars.
  const result = process.stdout.isTTY ? await run() : await patiently(console.log, run);
  console.log(tableReport(result));
  console.log(`\nReport: ${join(folder, "report.html")}`);
  return result.exitCode;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
