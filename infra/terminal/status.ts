// `npm run status`: how a stack is, on one screen. It ends with 0 when nothing is bad, 1 when something is, and 2 when
// it was asked wrongly.
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Problem } from "../../app/finding.ts";
import { draw } from "./draw.ts";
import { judge } from "./judge.ts";
import { gather, sourcesOf, type Snapshot, type Sources } from "./snapshot.ts";
import { screenOf } from "./terminal.ts";

const usage = "usage: npm run status [-- --stack NAME] [--watch] [--json]";
const EVERY_MS = 5000;

interface Look {
  readonly snapshot: Snapshot;
  readonly problems: readonly Problem[];
  readonly healthy: boolean;
}

async function look(sources: Sources): Promise<Look> {
  const snapshot = await gather(sources);
  const problems = judge(snapshot, sources.site.advice);
  return { snapshot, problems, healthy: problems.every(({ state }) => state !== "bad") };
}

const json = ({ snapshot, problems, healthy }: Look, indent?: number): string =>
  JSON.stringify({ healthy, problems, ...snapshot }, undefined, indent);

/** Shows the stack again and again, in place where that is a terminal, until ctrl-c. */
async function watch(sources: Sources, asJson: boolean): Promise<void> {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  const inPlace = process.stdout.isTTY && !asJson;
  // Another screen than that of the shell, without a cursor; both are as before in the end.
  if (inPlace) process.stdout.write("\u001b[?1049h\u001b[?25l");
  try {
    while (!stop.signal.aborted) {
      const ended = new Promise<undefined>((resolve) =>
        stop.signal.addEventListener("abort", () => resolve(undefined)),
      );
      const seen = await Promise.race([look(sources), ended]);
      if (seen === undefined) return;
      if (asJson) console.log(json(seen));
      else if (inPlace) {
        const screen = screenOf(process.stdout);
        const lines = draw(seen.snapshot, seen.problems, screen).slice(0, process.stdout.rows - 1);
        process.stdout.write(`\u001b[H${lines.map((line) => `${line}\u001b[K\n`).join("")}\u001b[J`);
      } else console.log(`${draw(seen.snapshot, seen.problems, screenOf(process.stdout)).join("\n")}\n`);
      await delay(EVERY_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  } finally {
    if (inPlace) process.stdout.write("\u001b[?25h\u001b[?1049l");
  }
}

async function main(): Promise<number> {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        stack: { type: "string", short: "s", default: "dev" },
        watch: { type: "boolean", short: "w", default: false },
        json: { type: "boolean", default: false },
      },
    }));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return 2;
  }
  const sources = sourcesOf(values.stack);
  if (values.watch) {
    await watch(sources, values.json);
    return 0;
  }
  const seen = await look(sources);
  if (values.json) console.log(json(seen, 2));
  else console.log(draw(seen.snapshot, seen.problems, screenOf(process.stdout)).join("\n"));
  return seen.healthy ? 0 : 1;
}

// Whoever reads this may end first: `npm run status -- --watch | head`.
process.stdout.on("error", () => process.exit(0));
try {
  // What still hangs is not waited for.
  process.exit(await main());
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
