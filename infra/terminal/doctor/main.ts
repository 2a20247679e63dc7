// `npm run doctor`: is this machine fit for the stack, and the stack well? It ends with 0 when nothing is bad, 1 when
// something is, and 2 when it was asked wrongly. It changes nothing.
import { parseArgs } from "node:util";
import type { Finding } from "../../../app/finding.ts";
import { cut, painter, signs, styles } from "../draw.ts";
import { screenOf } from "../terminal.ts";
import { checksOf, findings } from "./checks.ts";

const usage = "usage: npm run doctor [-- --stack NAME] [--json]";

function show(all: readonly Finding[]): void {
  const screen = screenOf(process.stdout);
  const paint = painter(screen.colour);
  const width = Math.max(...all.map(({ about }) => about.length));
  const problems = all.filter(({ state }) => state !== "good");
  for (const { about, state, found, advice } of all) {
    console.log(cut(`${paint(styles[state], signs[state])} ${about.padEnd(width)}  ${found}`, screen));
    // Not cut: it is to be done as it stands.
    if (advice !== undefined) console.log(`  ${" ".repeat(width)}  → ${advice}`);
  }
  const count = (state: Finding["state"]): number => all.filter((one) => one.state === state).length;
  console.log(
    problems.length === 0
      ? `\n${all.length} things looked at: all is well`
      : `\n${all.length} things looked at: ${count("bad")} to mend, ${count("look")} worth a look`,
  );
}

async function main(): Promise<number> {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        stack: { type: "string", short: "s", default: "dev" },
        json: { type: "boolean", default: false },
      },
    }));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return 2;
  }
  const checks = checksOf(values.stack);
  const waiting = new Set(checks.map(({ about }) => about));
  const progress = (): void => {
    if (!process.stderr.isTTY) return;
    const left = waiting.size === 0 ? "" : `looking at ${[...waiting].join(", ")} ...`;
    process.stderr.write(`\r${left.slice(0, Math.max(0, process.stderr.columns - 1))}\u001b[K`);
  };
  progress();
  const all = await Promise.all(
    checks.map(async (check) => {
      const found = await findings(check);
      waiting.delete(check.about);
      progress();
      return found;
    }),
  );
  const found = all.flat();
  const healthy = found.every(({ state }) => state !== "bad");
  if (values.json) console.log(JSON.stringify({ healthy, findings: found }, undefined, 2));
  else show(found);
  return healthy ? 0 : 1;
}

try {
  // What still hangs is not waited for.
  process.exit(await main());
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
