import { join } from "node:path";
import { checkout } from "../infra/toolchain/folders.ts";
import { k6 } from "../infra/toolchain/k6.ts";
import { stackOutputs } from "../infra/toolchain/outputs.ts";
import { readArguments } from "./arguments.ts";
import { profileOf } from "./k6/profiles/all.ts";
import { load } from "./load.ts";
import { tableReport } from "./report/table.ts";
import { readSecret, type Target, targetOf } from "./target.ts";

async function main(argv: string[]): Promise<number> {
  const args = readArguments(argv);
  const { name, description } = profileOf(args.profile);
  const target: Target =
    "stack" in args
      ? targetOf(args.stack, await stackOutputs(args.stack))
      : { webhook: args.webhook, secret: readSecret(args.secretFile), simulator: args.simulator };
  const program = await k6();
  console.log(`${name}: ${description}, to ${target.webhook}`);
  const folder = join(checkout, ".launchlab", "load", name);
  const result = await load({ profile: name, target, k6: program, folder });
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
