import { setTimeout as pause } from "node:timers/promises";
import type { Moment } from "../inside.ts";
import { SOME_TIME, lasting, passing, type Bench, type Row } from "../row.ts";

const WORKER = "worker-0";
const BOT = ["web-0", "web-1", WORKER];

/** Longer than nginx leaves out a replica that failed: with both left out, nobody would serve. */
const APART_MS = 5000;

/** Lets a replica die, and waits until nginx knows that it is back. */
async function afresh({ replicas }: Bench, name: string, die: () => void): Promise<void> {
  const before = replicas.pid(name);
  die();
  await replicas.ready(name, before);
  await pause(APART_MS);
}

/** Telegram has at most 100 updates under way, and each here has two messages. */
const killed = (times: number): NonNullable<Row["doubled"]> => ({
  most: 200 * times,
  why: "a process died between sending a message and noting it",
});

/** Kills one web replica after the other at a moment of its work. */
const dies = (moment: Moment): Row =>
  passing(
    `a web replica is killed ${moment}, three times`,
    async (bench) => {
      for (const name of ["web-0", "web-1", "web-0"])
        await afresh(bench, name, () => bench.replicas.tell(name, { die: moment }));
    },
    { doubled: killed(3) },
  );

async function killAtRandom(bench: Bench): Promise<void> {
  const { replicas, dice } = bench;
  for (let n = 0; n < 5; n += 1) {
    await pause(dice() * 1500);
    const name = BOT[Math.floor(dice() * BOT.length)] ?? WORKER;
    await afresh(bench, name, () => void process.kill(replicas.pid(name), "SIGKILL"));
  }
}

export const botRows: Readonly<Record<string, Row>> = {
  "before-commit": dies("before the commit"),
  "after-commit": dies("after the commit"),
  "before-note": dies("between send and note"),
  "random-kills": passing("web replicas and the worker are killed at random, five times", killAtRandom, {
    doubled: killed(5),
  }),
  hangs: lasting(
    "a web replica hangs (SIGSTOP), its port open",
    SOME_TIME,
    ({ replicas }) => void process.kill(replicas.pid("web-0"), "SIGSTOP"),
    ({ replicas }) => void process.kill(replicas.pid("web-0"), "SIGCONT"),
    { doubled: { most: 40, why: "the replica hung between sending a message and noting it" } },
  ),
  "blocked-loop": passing("the event loop of a web replica is blocked for 3 s", ({ replicas }) =>
    replicas.tell("web-0", { block: 3000 }),
  ),
  "log-flood": passing("a web replica logs 100 MB of errors a second, for 5 s", async ({ replicas }) => {
    replicas.tell("web-0", { flood: 5000 });
    await pause(5000);
  }),
  "clock-ahead": lasting(
    "the clock of a web replica and of the worker is an hour ahead",
    { quick: 3, full: 30 },
    ({ replicas }) => ["web-0", WORKER].forEach((name) => replicas.tell(name, { clock: 3600_000 })),
    ({ replicas }) => ["web-0", WORKER].forEach((name) => replicas.tell(name, { clock: 0 })),
  ),
  "clock-behind": lasting(
    "the clock of a web replica and of the worker is an hour behind",
    { quick: 3, full: 30 },
    ({ replicas }) => ["web-0", WORKER].forEach((name) => replicas.tell(name, { clock: -3600_000 })),
    ({ replicas }) => ["web-0", WORKER].forEach((name) => replicas.tell(name, { clock: 0 })),
  ),
};
