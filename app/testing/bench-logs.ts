import { closeSync, mkdtempSync, openSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freshDatabase, migrateTemplate } from "../../test/support/database.ts";
import { startPostgres } from "../../test/support/postgres.ts";
import { startRedis } from "../../test/support/redis.ts";
import { createLog, type Log } from "../log.ts";
import { createOutput } from "../log-output.ts";
import { startBot, type TestBot } from "./bot.ts";
import { startFakeApi } from "./fake-api.ts";
import { message, person } from "./updates.ts";

/*
 * `npm run logs:bench`: how much slower updates become while 10 000 errors are logged in each second. Both are measured
 * in turns, in one run. The goal: the p95 stays within twice that without errors.
 */
const TURNS = 5;
const SECONDS = 3;
const UPDATES_PER_SECOND = 50;
const ERRORS_PER_SECOND = 10_000;
/** Milliseconds between two bursts of errors. */
const TICK = 10;

/** Logs errors with their stacks until the signal is aborted; returns how many. */
async function logErrors(log: Log, signal: AbortSignal): Promise<number> {
  let before = performance.now();
  let logged = 0;
  while (!signal.aborted) {
    await pause(TICK);
    const now = performance.now();
    // What a busy machine missed is not made good all at once: that would be another measurement.
    const due = Math.min(now - before, 2 * TICK) * (ERRORS_PER_SECOND / 1000);
    before = now;
    for (let n = 0; n < due; n += 1, logged += 1) {
      log.error({ update_id: logged, err: new Error("something broke") }, "a handler failed");
    }
  }
  return logged;
}

/** Milliseconds from the moment that each update was due to its acknowledgement. */
async function latencies(bot: TestBot): Promise<number[]> {
  const began = performance.now();
  const work = Array.from({ length: SECONDS * UPDATES_PER_SECOND }, async (_, n) => {
    const due = began + (n * 1000) / UPDATES_PER_SECOND;
    await pause(Math.max(0, due - performance.now()));
    const { status } = await bot.deliver(message(person(), "/help"));
    if (status !== 200) throw new Error(`an update was answered with ${status}`);
    return performance.now() - due;
  });
  return Promise.all(work);
}

const quantile = (values: readonly number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * q)] ?? NaN;

const folder = mkdtempSync(join(tmpdir(), "launchlab-bench-"));
const file = join(folder, "log");
const fd = openSync(file, "w");
const output = createOutput(fd);
const { log } = createLog("info", "web", output);
const [postgres, redis, api] = await Promise.all([startPostgres(), startRedis(), startFakeApi()]);
await migrateTemplate(postgres.port);
const servers = { postgres: postgres.port, redis: redis.port };
const database = await freshDatabase(postgres.port);
const bot = await startBot({ servers, database, apiUrl: api.url, log });
await latencies(bot);

const quiet: number[] = [];
const loud: number[] = [];
let errors = 0;
for (let turn = 0; turn < TURNS; turn += 1) {
  quiet.push(...(await latencies(bot)));
  const stopping = new AbortController();
  const logging = logErrors(log, stopping.signal);
  loud.push(...(await latencies(bot)));
  stopping.abort();
  errors += await logging;
  await output.flush();
}

const row = (name: string, values: readonly number[]): string =>
  `${name}: p50 ${quantile(values, 0.5).toFixed(1)} ms, p95 ${quantile(values, 0.95).toFixed(1)} ms`;
console.log(row("without errors", quiet));
console.log(row(`${(errors / TURNS / SECONDS).toFixed(0)} errors a second`, loud));
console.log(`p95 with errors / without: ${(quantile(loud, 0.95) / quantile(quiet, 0.95)).toFixed(2)}`);
console.log(`${(statSync(file).size / errors).toFixed(0)} bytes were written for each error`);

await bot.close();
await api.close();
await Promise.all([postgres.stop(), redis.stop()]);
closeSync(fd);
rmSync(folder, { recursive: true });
