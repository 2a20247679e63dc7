import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { setLogins } from "../../app/database/logins.ts";
import { databaseConfig } from "../../test/support/database.ts";
import { startPostgres, type TestServer } from "../../test/support/postgres.ts";
import { until } from "../../test/support/wait.ts";
import { renderQueries } from "./postgres-queries.ts";

const fileSchema = z.record(
  z.string(),
  z.object({
    query: z.string(),
    metrics: z.array(z.record(z.string(), z.object({ usage: z.enum(["LABEL", "GAUGE"]) }))),
  }),
);

let server: TestServer;
let client: pg.Client;
const opened: pg.Client[] = [];

async function connect(application_name: string, user = "postgres"): Promise<pg.Client> {
  const place = { host: "127.0.0.1", port: server.port, user, database: "postgres" };
  const one = new pg.Client({ ...place, application_name });
  one.on("error", () => undefined);
  opened.push(one);
  await one.connect();
  return one;
}

beforeAll(async () => {
  server = await startPostgres();
  // What it may not see would be empty, not refused.
  const login = { kind: "monitor", user: "postgres_monitor_1", password: "not-asked-for" } as const;
  await setLogins(databaseConfig(server.port, "postgres"), [login]);
  client = await connect("test", login.user);
});
afterAll(async () => {
  await Promise.all(opened.map((one) => one.end()));
  await server.stop();
});

const questions = (wanted?: Record<string, string>) => fileSchema.parse(JSON.parse(renderQueries(wanted)));
async function ask(name: string, wanted?: Record<string, string>): Promise<Record<string, unknown>[]> {
  const question = questions(wanted)[name];
  if (question === undefined) throw new Error(`there is no question ${name}`);
  return (await client.query<Record<string, unknown>>(question.query)).rows;
}

test.each(Object.entries(questions({ work_mem: "4MB" })))(
  "%s is answered with the columns that it names",
  async (_name, { query, metrics }) => {
    const { fields } = await client.query(query);
    expect(fields.map(({ name }) => name)).toEqual(metrics.flatMap((column) => Object.keys(column)));
  },
);

test("a setting differs when its value does, however sizes are written", async () => {
  const wanted = { work_mem: "4096kB", max_connections: "300", shared_buffers: "1GB", log_lock_waits: "on" };
  expect(await ask("postgres_setting", wanted)).toEqual(
    expect.arrayContaining([
      { setting: "work_mem", drift: 0 },
      { setting: "max_connections", drift: 0 },
      { setting: "shared_buffers", drift: 1 },
      { setting: "log_lock_waits", drift: 1 },
    ]),
  );
});

test("a reload changes nothing about settings of the command line, though Postgres says that they wait for a restart", async () => {
  await (await connect("admin")).query("SELECT pg_reload_conf()");
  const waits = "SELECT pending_restart AS waits FROM pg_settings WHERE name = 'max_connections'";
  await until("it says so", async () => (await client.query<{ waits: boolean }>(waits)).rows[0]?.waits);
  expect(await ask("postgres_setting", { max_connections: "300" })).toEqual([
    { setting: "max_connections", drift: 0 },
  ]);
});

test("settings of a server that somebody else looks after are not judged", () => {
  expect(questions()).not.toHaveProperty("postgres_setting");
});

test("who holds a lock, and who waits for it, shows as long as it lasts", async () => {
  const [holder, waiter] = await Promise.all([connect("holder"), connect("waiter")]);
  await holder.query("CREATE TABLE wanted ()");
  await holder.query("BEGIN; LOCK TABLE wanted");
  const waiting = waiter.query("SELECT FROM wanted");
  await until("somebody waits", async () => Number((await ask("postgres_locks"))[0]?.["waiting"]) === 1);
  const [locks] = await ask("postgres_locks");
  const [sessions] = await ask("postgres_sessions");
  await holder.query("COMMIT");
  await waiting;
  expect(Number(locks?.["longest_wait_seconds"])).toBeGreaterThan(0);
  expect(Number(sessions?.["longest_idle_transaction_seconds"])).toBeGreaterThan(0);
  expect(Number((await ask("postgres_locks"))[0]?.["waiting"])).toBe(0);
});

test("a transaction that somebody forgot is seen, a backup is not taken for one", async () => {
  const oldest = async (): Promise<number> =>
    Number((await ask("postgres_sessions"))[0]?.["longest_transaction_seconds"]);
  const forgotten = await connect("psql");
  await forgotten.query("BEGIN; SET application_name = pg_dump");
  await client.query("SELECT pg_sleep(0.5)");
  expect(await oldest()).toBeLessThan(0.5);
  await forgotten.query("SET application_name = psql");
  expect(await oldest()).toBeGreaterThan(0.5);
});
