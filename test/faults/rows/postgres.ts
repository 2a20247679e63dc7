import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type pg from "pg";
import { readSpec } from "../../../infra/process-provider/spec.ts";
import { startPgbouncer } from "../../support/pgbouncer.ts";
import { SOME_TIME, lasting, passing, type Bench, type Row } from "../row.ts";

/** Notes of what was sent are not waited for, so a server that dies forgets those of its last moments. */
const unnoted = (seconds: number): NonNullable<Row["doubled"]> => ({
  most: 400 * seconds,
  why: "messages left, and the database could not note it",
});

/** Opens connections until the server takes no more, and ends those of the bot, which then finds no place. */
async function fill({ stack }: Bench): Promise<() => Promise<void>> {
  const clients: pg.Client[] = [];
  const first = await stack.connect();
  clients.push(first);
  const endTheirs = () =>
    first.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'launchlab' AND pid <> pg_backend_pid()",
    );
  for (;;) {
    try {
      clients.push(await stack.connect());
    } catch {
      if (clients.length > 1) break;
    }
    if (clients.length % 10 === 0) await endTheirs();
  }
  await endTheirs();
  return async () => {
    await Promise.all(clients.map((client) => client.end()));
  };
}

/** Holds a lock of a table. */
const locked = (fault: string, mode: string): Row => ({
  fault,
  seconds: SOME_TIME,
  strike: async ({ stack }) => {
    const client = await stack.connect();
    await client.query("BEGIN");
    await client.query(`LOCK TABLE users IN ${mode} MODE`);
    return async () => {
      await client.query("ROLLBACK");
      await client.end();
    };
  },
});

/** Puts a PgBouncer between the bot and the database, and ends it once or twice. */
async function restartPooler(lab: Bench): Promise<() => Promise<void>> {
  const { postgres, runs, stack } = lab;
  const { DATABASE_USER: user = "" } = readSpec(join(runs, "web-0")).env;
  const password = readFileSync(join(runs, "web-0/secrets/DATABASE_PASSWORD"), "utf8").trim();
  const start = () => startPgbouncer(stack.databasePort, 20, { user, password });
  const pooler = await start();
  postgres.target(pooler.port);
  await pause(3000);
  postgres.set({ refused: true });
  await pooler.stop();
  const next = await start();
  postgres.target(next.port);
  postgres.set({});
  await pause(3000);
  return async () => {
    postgres.target(stack.databasePort);
    await next.stop();
  };
}

export const postgresRows: Readonly<Record<string, Row>> = {
  "postgres-killed": passing(
    "Postgres is killed (SIGKILL), and started again",
    ({ stack }) => stack.kill("postgres"),
    {
      doubled: unnoted(1),
    },
  ),
  "postgres-paused": lasting(
    "Postgres stands still (SIGSTOP)",
    SOME_TIME,
    ({ stack }) => stack.signal("postgres", "SIGSTOP"),
    ({ stack }) => stack.signal("postgres", "SIGCONT"),
    { doubled: unnoted(1) },
  ),
  "postgres-black-hole": lasting(
    "what the bot and Postgres send each other vanishes, connections stay open",
    SOME_TIME,
    ({ postgres }) => postgres.set({ blackHole: true }),
    ({ postgres }) => postgres.set({}),
    { doubled: unnoted(1) },
  ),
  "postgres-away": lasting(
    "Postgres refuses connections, open ones are reset",
    { quick: 3, full: 30 },
    ({ postgres }) => postgres.set({ refused: true }),
    ({ postgres }) => postgres.set({}),
    { doubled: unnoted(1) },
  ),
  "postgres-slow": lasting(
    "every word to Postgres takes 200 ms more",
    SOME_TIME,
    ({ postgres }) => postgres.set({ latencyMs: 200 }),
    ({ postgres }) => postgres.set({}),
  ),
  "postgres-full": {
    fault: "no connection to Postgres is free",
    seconds: SOME_TIME,
    strike: fill,
    doubled: unnoted(1),
  },
  "table-read-locked": locked("the table of people is locked against writing", "SHARE"),
  "table-locked": locked("the table of people is locked against reading and writing", "ACCESS EXCLUSIVE"),
  "pooler-restarted": {
    fault: "PgBouncer stands before Postgres, and is restarted",
    strike: restartPooler,
    doubled: unnoted(1),
  },
};
