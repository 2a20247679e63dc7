// `npm run faults -- all|fast|NAME...`: breaks a stack under load, and says what became of the updates.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkout, stackFolder } from "../../infra/toolchain/folders.ts";
import { seededRandom } from "../../simulator/faults/random.ts";
import { STACK, withScratchStack } from "../scratch-stack.ts";
import { readArguments, type Arguments } from "./arguments.ts";
import { withBench, withOpenStack } from "./lab.ts";
import { line, table } from "./report.ts";
import type { Whole } from "./row.ts";
import { CONTROL, rows } from "./rows/all.ts";
import { wholeRows } from "./rows/whole.ts";
import { PEOPLE, runRows, type Outcome, type Start } from "./run.ts";

/** Without receipts updates are done twice: who does not see that is blind. */
const seen = (outcome: Outcome): Outcome => ({
  ...outcome,
  name: CONTROL,
  fault: `receipts are switched off, and ${outcome.fault}`,
  problems: outcome.doubled > 0 ? [] : ["updates came twice, and nobody noticed"],
});

async function withStart(
  args: Arguments,
  use: (start: Start, own?: Whole["checkout"]) => Promise<void>,
): Promise<void> {
  const { stack, rate, seed } = args;
  const more = { rate, dice: seededRandom(seed) };
  if (stack !== undefined) return withOpenStack(stackFolder(stack), more, use);
  const settings = { rateLimit: "100", grafana: "off", backups: "on" };
  await withScratchStack(settings, (own) =>
    withOpenStack(stackFolder(STACK, own.folder), more, (start) => use(start, own)),
  );
}

/** Rows inside of which things go wrong come first, then those that `npm run up` is a part of. */
async function runAll(
  { names, pace }: Arguments,
  start: Start,
  own: Whole["checkout"] | undefined,
): Promise<void> {
  const asked = <R>(from: Readonly<Record<string, R>>): Readonly<Record<string, R>>[] =>
    Object.entries(from).flatMap(([name, row]) => (names.includes(name) ? [{ [name]: row }] : []));
  const how = { pace, interrupted, say: (name: string): void => console.error(name) };
  const inside = asked(rows);
  const { "after-commit": control } = rows;
  if (inside.length > 0 || names.includes(CONTROL))
    await withBench(start, async (bench) => {
      // Quickly, all happen under one load.
      const groups =
        pace === "quick" && inside.length > 0 ? [Object.assign({}, ...inside) as typeof rows] : inside;
      for (const group of groups) note(await runRows(bench, group, how));
      if (names.includes(CONTROL) && control !== undefined)
        note((await runRows(bench, { control }, { ...how, pace: "quick", forgetful: true })).map(seen));
    });
  if (own === undefined) return;
  for (const row of asked(wholeRows)) note(await runRows({ ...start, checkout: own }, row, how));
}

const outcomes: Outcome[] = [];
function note(more: readonly Outcome[]): void {
  outcomes.push(...more);
  for (const outcome of more) console.log(line(outcome));
}

// What was started has to be ended: a second signal does not wait for that.
const interrupted = new Promise<never>((_, reject) => {
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => reject(new Error(`interrupted by ${signal}`)));
});
interrupted.catch(() => undefined);

try {
  const args = readArguments(process.argv.slice(2));
  const { seed, rate } = args;
  console.log(`seed ${seed}, ${rate} updates a second of ${PEOPLE} people`);
  await withStart(args, (start, own) => runAll(args, start, own));
  const text = `seed ${seed}, ${rate} updates a second of ${PEOPLE} people\n\n${table(outcomes)}\n`;
  const folder = join(checkout, ".launchlab/faults");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "report.md"), text);
  writeFileSync(join(folder, "result.json"), `${JSON.stringify({ seed, rate, outcomes }, null, 2)}\n`);
  console.log(`\n${text}\nReport: ${join(folder, "report.md")}`);
  if (outcomes.some(({ problems }) => problems.length > 0)) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
