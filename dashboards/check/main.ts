// `npm run dashboards:check`: has every panel of every board something to show?
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { z } from "zod";
import { checkout } from "../../infra/toolchain/folders.ts";
import { stackOutputs } from "../../infra/toolchain/outputs.ts";
import { check } from "./check.ts";
import { produceLoad } from "./load.ts";
import { counts, markdown, panelLines, worthALine } from "./matrix.ts";
import { prometheusAt, type Prometheus } from "./prometheus.ts";

const USAGE = `usage: npm run dashboards:check -- [--stack NAME] [--prometheus URL] [--load] [--out FOLDER]

Asks Prometheus every query of every board. The bot must have had something to do in the last minutes; --load sees to it
where the stack has a simulator.`;

/** How long figures of a load may take: two scrapes, an evaluation, and the minute that rates look back. */
const PATIENCE = 120_000;

/** A counter that was not read before it counted shows no increase: two scrapes and a bit. */
const READ_SECONDS = 35;

/** Waits until every program of the bot has been read since its start. */
async function whenRead(prometheus: Prometheus, stack: string): Promise<void> {
  const since = `time() - max(process_start_time_seconds{job="bot",stack=${JSON.stringify(stack)}})`;
  const end = Date.now() + PATIENCE;
  while (Date.now() < end) {
    const [age] = await prometheus.now(since);
    if ((age?.values[0] ?? 0) > READ_SECONDS) return;
    await delay(1000);
  }
}

const addresses = z.object({ prometheus: z.url().optional(), simulator: z.url().optional() });

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      stack: { type: "string", short: "s", default: "dev" },
      prometheus: { type: "string" },
      load: { type: "boolean", default: false },
      out: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const { stack, load } = values;
  const outputs = values.prometheus === undefined || load ? addresses.parse(await stackOutputs(stack)) : {};
  const base = values.prometheus ?? outputs.prometheus;
  if (base === undefined)
    throw new Error(`stack ${stack} has no Prometheus of its own: say --prometheus URL`);
  const prometheus = prometheusAt(base);
  if (load) {
    await whenRead(prometheus, stack);
    await produceLoad(stack, outputs.simulator);
  }

  const end = Date.now() + PATIENCE;
  let results = await check(prometheus, stack);
  const broken = (): boolean => results.some(({ outcome }) => outcome === "failed");
  while (load && broken() && Date.now() < end) {
    console.error(`${counts(results)}: figures are on their way`);
    await delay(10_000);
    results = await check(prometheus, stack);
  }

  const folder = resolve(values.out ?? join(checkout, ".launchlab/dashboards"));
  mkdirSync(folder, { recursive: true });
  const head = `Boards of the stack ${stack}, ${new Date().toISOString()}`;
  writeFileSync(join(folder, "check.json"), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(folder, "check.md"), markdown(results, head));
  for (const line of panelLines(results.filter(worthALine))) console.log(line);
  console.log(`\n${counts(results)}. All queries: ${join(folder, "check.md")}`);
  if (!broken()) return 0;
  if (!load) console.log("Panels are empty as well when nothing happens: try again with --load.");
  return 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
