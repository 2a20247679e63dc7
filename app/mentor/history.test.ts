import { pino } from "pino";
import { afterAll, beforeEach, expect, inject, test } from "vitest";
import { databaseConfig, freshDatabase, sql } from "../../test/support/database.ts";
import { setLogins } from "../database/logins.ts";
import { createDatabase, type Database } from "../database/pool.ts";
import { createMetrics } from "../metrics.ts";
import { ensurePartition, keepPartitions, purgeUsage, recall } from "./history.ts";

const port = inject("servers").postgres;
const open: Database[] = [];
let name: string;
let database: Database;

function connect(user = "postgres"): Database {
  const config = { ...databaseConfig(port, name), user };
  const made = createDatabase(config, createMetrics("test"), pino({ level: "silent" }));
  open.push(made);
  return made;
}

beforeEach(async () => {
  name = await freshDatabase(port);
  database = connect();
});
afterAll(async () => {
  for (const one of open) await one.close();
});

async function partitions(): Promise<string[]> {
  const rows = await sql(
    port,
    name,
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits
     WHERE inhparent = 'mentor_history'::regclass ORDER BY 1`,
  );
  return rows.map((row) => String(row["name"]).replace("mentor_history_", ""));
}

/** The months that the migration made are those of today. */
async function withoutPartitions(): Promise<void> {
  for (const month of await partitions()) await sql(port, name, `DROP TABLE mentor_history_${month}`);
}

const insert = (at: string, userId = 1) =>
  sql(
    port,
    name,
    `INSERT INTO mentor_history (user_id, question, answer, tokens, created_at)
     VALUES (${userId}, $$q ${at}$$, 'a', 1, ${at}) RETURNING tableoid::regclass::text AS part`,
  );

const keep = (date: string) => keepPartitions(database, new Date(date));

test("after the migration there are partitions for this month and the next two", async () => {
  expect(await partitions()).toHaveLength(3);
  for (const months of [0, 1, 2]) await insert(`now() + interval '${months} months'`);
  await expect(insert("now() + interval '3 months'")).rejects.toThrow("no partition");
});

test("each day makes this month and the next two, once, whoever else does it at the same time", async () => {
  await withoutPartitions();
  const made = await Promise.all([1, 2, 3, 4].map(() => keep("2030-11-30T03:00:00Z")));
  expect(made.flatMap((one) => one.made)).toEqual([
    "mentor_history_2030_11",
    "mentor_history_2030_12",
    "mentor_history_2031_01",
  ]);
  expect(await keep("2030-12-01T03:00:00Z")).toEqual({ made: ["mentor_history_2031_02"], dropped: [] });
});

test("a month is dropped whole when its last moment is 30 days ago, and not a day before", async () => {
  await withoutPartitions();
  await keep("2030-01-15T03:00:00Z");
  expect((await keep("2030-03-02T03:00:00Z")).dropped).toEqual([]);
  expect((await keep("2030-03-03T03:00:00Z")).dropped).toEqual(["mentor_history_2030_01"]);
  expect(await partitions()).toEqual(["2030_02", "2030_03", "2030_04", "2030_05"]);
  // Nobody came by for a year.
  expect((await keep("2031-03-03T03:00:00Z")).dropped).toHaveLength(4);
  expect(await partitions()).toEqual(["2031_03", "2031_04", "2031_05"]);
});

test("months begin at midnight UTC, whatever the server's time zone", async () => {
  await withoutPartitions();
  await sql(port, name, `ALTER DATABASE ${name} SET timezone = 'Pacific/Auckland'`);
  const elsewhere = connect();
  await keepPartitions(elsewhere, new Date("2030-01-31T23:59:59Z"));
  expect(await insert("'2030-01-31 23:59:59.999Z'")).toEqual([{ part: "mentor_history_2030_01" }]);
  expect(await insert("'2030-02-01 00:00:00Z'")).toEqual([{ part: "mentor_history_2030_02" }]);
});

test("when nobody made partitions for months, the one that is needed is made on demand", async () => {
  await withoutPartitions();
  await expect(insert("now()")).rejects.toThrow("no partition");
  await Promise.all([ensurePartition(database), ensurePartition(database)]);
  await insert("now()");
});

test("the bot's own user can do it, although it may change no table", async () => {
  await withoutPartitions();
  const user = `${name}_bot_1`;
  await setLogins(databaseConfig(port, name), [{ kind: "bot", user, password: "x" }]);
  const bot = connect(user);
  expect((await keepPartitions(bot, new Date("2030-01-15"))).made).toHaveLength(3);
  await bot.query("mentor_write", "INSERT INTO mentor_history VALUES (1, 'q', 'a', 1, '2030-01-15')");
  await expect(bot.query("mentor_write", "DROP TABLE mentor_history_2030_01")).rejects.toThrow(
    "must be owner",
  );
  expect((await keepPartitions(bot, new Date("2030-06-15"))).dropped).toContain("mentor_history_2030_01");
});

test("the mentor remembers the newest first, of one person, and nothing that is older than 30 days", async () => {
  await sql(
    port,
    name,
    "INSERT INTO users (id, language, chosen_language) VALUES (1, 'en', 'ru'), (2, 'en', NULL)",
    "INSERT INTO mentor_questions VALUES (1, 1, 'open?', now())",
    // What is a month old may have no partition; it stands in one that is not dropped yet.
    "CREATE TABLE old PARTITION OF mentor_history DEFAULT",
  );
  await insert("now() - interval '30 days 1 second'");
  for (const age of ["29 days", "1 hour", "2 hours"]) await insert(`now() - interval '${age}'`);
  await insert("now()", 2);
  expect(await recall(database, 1, 2)).toMatchObject({
    question: "open?",
    language: "ru",
    before: [{ question: expect.stringContaining("1 hour") as unknown }, { answer: "a" }],
  });
  expect((await recall(database, 1, 20))?.before).toHaveLength(3);
  expect(await recall(database, 2, 20)).toBeUndefined();
});

test("counts of days are kept for 30 days", async () => {
  await sql(
    port,
    name,
    "INSERT INTO users (id) VALUES (1)",
    `INSERT INTO mentor_usage (user_id, day, questions)
     SELECT 1, (now() AT TIME ZONE 'UTC')::date - n, 1 FROM unnest('{0, 30, 31}'::int[]) AS n`,
  );
  await purgeUsage(database);
  expect(await sql(port, name, "SELECT count(*)::int AS days FROM mentor_usage")).toEqual([{ days: 2 }]);
});
