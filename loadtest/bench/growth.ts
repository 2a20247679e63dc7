import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { table } from "../report/columns.ts";
import { openArena, type Turn } from "./arena.ts";
import { launchlab } from "./contenders.ts";

/* `npm run bench:growth`: what more replicas, more people and more updates change. */
const PEOPLE = 20_000;

/** Memory of a process in MB that is in use, from the system. */
function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? NaN) / 1024;
}

const { values } = parseArgs({ options: { updates: { type: "string", default: "200000" } } });
const wanted = Number(values.updates);
const arena = await openArena();

async function replicas(): Promise<string[][]> {
  const rows = [["web replicas", "knee, updates/s", "processor ms each", "start, ms"]];
  for (const count of [1, 2, 4]) {
    console.error(`${count} replicas`);
    const entry = { contender: launchlab, replicas: count, people: PEOPLE };
    const [{ result, process: cost }, started] = await arena.enter(
      entry,
      async (ring) => [await ring.turn("bench-knee"), ring.started] as const,
    );
    rows.push([
      String(count),
      String(result.knee ?? 0),
      cost.toFixed(2),
      started.map(({ milliseconds }) => milliseconds.toFixed(0)).join(", "),
    ]);
  }
  return rows;
}

async function people(): Promise<string[][]> {
  const rows = [["people", "p50, ms", "p95, ms", "p99, ms", "Postgres, ms each"]];
  for (const count of [1000, 100_000, 1_000_000]) {
    console.error(`${count} people`);
    const { result, postgres }: Turn = await arena.enter({ contender: launchlab, people: count }, (ring) =>
      ring.turn("bench"),
    );
    const { p50 = NaN, p95 = NaN, p99 = NaN } = result.measured.fromDue ?? {};
    rows.push([String(count), ...[p50, p95, p99].map((ms) => ms.toFixed(1)), postgres.toFixed(2)]);
  }
  return rows;
}

const memory = (): Promise<string[][]> =>
  arena.enter({ contender: launchlab, replicas: 2, people: PEOPLE }, async (ring) => {
    const rows = [["updates", "memory of each replica, MB"]];
    const sizes = () => ring.started.map(({ pid }) => residentMb(pid).toFixed(0)).join(", ");
    rows.push(["0", sizes()]);
    for (let updates = 0; updates < wanted;) {
      updates += (await ring.turn("users2000")).result.updates;
      console.error(`${updates} of ${wanted} updates`);
      rows.push([String(updates), sizes()]);
    }
    return rows;
  });

try {
  for (const measure of [replicas, people, memory]) console.log(`${table(await measure())}\n`);
} finally {
  await arena.close();
}
