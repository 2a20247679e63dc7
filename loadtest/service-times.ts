import { closeSync, fdatasync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import type { ServiceTimes } from "../infra/capacity/service-times.ts";
import { checkout, stackFolder } from "../infra/toolchain/folders.ts";
import { k6 } from "../infra/toolchain/k6.ts";
import { stackOutputs } from "../infra/toolchain/outputs.ts";
import { load } from "./load.ts";
import { workloadSeconds } from "./process-time.ts";
import { targetOf } from "./target.ts";

/*
 * Measures what one update costs each part of the local stack `dev`, for infra/capacity/service-times.ts. Processor time is
 * read from the system; it hardly depends on what else the machine does.
 */

const flushed = promisify(fdatasync);

/** Median time in seconds to bring 8 kB to the disk of the folder. */
async function flushTime(folder: string): Promise<number> {
  const path = join(folder, "flush-time");
  const file = openSync(path, "w");
  const took: number[] = [];
  try {
    for (let i = 0; i < 200; i++) {
      writeSync(file, Buffer.alloc(8192, i), 0, 8192, 0);
      const before = performance.now();
      await flushed(file);
      took.push((performance.now() - before) / 1000);
    }
  } finally {
    closeSync(file);
    rmSync(path);
  }
  return took.sort((a, b) => a - b)[100] ?? 0;
}

/** Sum of the series of a metric, in Prometheus' text format. */
function total(text: string, name: string): number {
  return text
    .split("\n")
    .filter((line) => line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}

const outputs = await stackOutputs("dev");
const metricsUrl = new URL("/metrics", z.string().parse(outputs["admin"]));
const figures = async () => {
  const text = await (await fetch(metricsUrl)).text();
  return {
    updates: total(text, "bot_updates_total"),
    trips: total(text, "bot_db_query_duration_seconds_count"),
  };
};
const folder = stackFolder("dev");
const [before, busy] = [await figures(), workloadSeconds(folder)];
const { updates } = await load({
  profile: "users2000",
  target: targetOf("dev", outputs),
  k6: await k6(),
  folder: join(checkout, ".launchlab", "load", "service-times"),
});
const [after, busyAfter] = [await figures(), workloadSeconds(folder)];
const cost = (...names: string[]): number =>
  [...busyAfter]
    .filter(([name]) => names.some((start) => name === start || name.startsWith(`${start}-`)))
    .reduce((sum, [name, seconds]) => sum + seconds - (busy.get(name) ?? 0), 0) / updates;

const times: ServiceTimes = {
  web: cost("web"),
  roundTrips: (after.trips - before.trips) / (after.updates - before.updates),
  postgres: cost("postgres"),
  flush: await flushTime(folder),
  redis: cost("redis"),
  nginx: cost("gateway"),
};
console.log(`${updates} updates:`, times, "all workloads, ms:");
for (const name of busyAfter.keys()) console.log(`  ${name}: ${(cost(name) * 1000).toFixed(3)}`);
