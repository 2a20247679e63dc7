import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import pg from "pg";
import { expect, inject, test } from "vitest";
import { databaseConfig, freshDatabase, sql } from "../../test/support/database.ts";
import type { Login, LoginKind } from "../config.ts";
import { setLogins } from "./logins.ts";

const port = inject("servers").postgres;

const login = (database: string, generation: number, kind: LoginKind = "bot"): Login => ({
  kind,
  user: `${database}_${kind}_${generation}`,
  password: `password${generation}of${database}`,
});

async function as(database: string, { user, password }: Login, statement: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ host: "127.0.0.1", port, database, user, password });
  await client.connect();
  try {
    return await client.query(statement);
  } finally {
    await client.end();
  }
}

async function usersOf(database: string): Promise<unknown[]> {
  const rows = await sql(
    port,
    database,
    `SELECT rolname FROM pg_roles WHERE rolcanlogin AND starts_with(rolname, '${database}') ORDER BY rolname`,
  );
  return rows.map(({ rolname }) => rolname);
}

test("a login works with the tables, and may not change them", async () => {
  const name = await freshDatabase(port);
  const bot = login(name, 1);
  await setLogins(databaseConfig(port, name), [bot]);
  expect((await as(name, bot, "SELECT count(*) FROM users")).rowCount).toBe(1);
  expect((await as(name, bot, "SELECT skill_codes('{TypeScript}')")).rowCount).toBe(1);
  await expect(as(name, bot, "DROP TABLE users")).rejects.toThrow("must be owner");
  await expect(as(name, bot, "CREATE TABLE mine ()")).rejects.toThrow("permission denied");
  await expect(as(name, bot, "CREATE ROLE other")).rejects.toThrow("permission denied");
});

test("the exporter's login reads nothing of people, and deletes nothing", async () => {
  const name = await freshDatabase(port);
  const monitor = login(name, 1, "monitor");
  await setLogins(databaseConfig(port, name), [login(name, 1), monitor]);
  const tables = await sql(
    port,
    name,
    "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace",
  );
  expect(tables.map(({ relname }) => relname)).toContain("users");
  for (const { relname } of tables)
    await expect(as(name, monitor, `SELECT FROM ${String(relname)}`), String(relname)).rejects.toThrow(
      "permission denied",
    );
  // It works with the rights of the owner.
  await expect(as(name, monitor, "SELECT mentor_partitions('2100-01-01')")).rejects.toThrow(
    "permission denied",
  );
  await expect(as(name, monitor, "CREATE TABLE mine ()")).rejects.toThrow("permission denied");
});

test("no statement of a login runs for longer than 10 s, whatever asks for it", async () => {
  const name = await freshDatabase(port);
  await setLogins(databaseConfig(port, name), [login(name, 1)]);
  expect((await as(name, login(name, 1), "SHOW statement_timeout")).rows).toEqual([
    { statement_timeout: "10s" },
  ]);
});

test("the login before the present one goes on, the one before that is dropped", async () => {
  const name = await freshDatabase(port);
  const config = databaseConfig(port, name);
  const [one, two, three] = [1, 2, 3].map((generation) => [
    login(name, generation),
    login(name, generation, "monitor"),
  ]) as [Login[], Login[], Login[]];
  await setLogins(config, one);
  await setLogins(config, [...two, ...one]);
  for (const each of [...one, ...two]) await as(name, each, "SELECT");
  await setLogins(config, [...three, ...two]);
  expect(await usersOf(name)).toEqual([...two, ...three].map(({ user }) => user).sort());
});

test("a login has the password that was given last, which Postgres never sees", async () => {
  const name = await freshDatabase(port);
  const config = databaseConfig(port, name);
  const bot = login(name, 1);
  await setLogins(config, [{ ...bot, password: "another" }]);
  await setLogins(config, [bot]);
  const [row] = await sql(port, name, `SELECT rolpassword FROM pg_authid WHERE rolname = '${bot.user}'`);
  // The test server asks for no password over the loopback, so what it keeps is compared by hand.
  const [, rounds = "", salt = "", stored = ""] =
    /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):/.exec(String(row?.["rolpassword"])) ?? [];
  const salted = pbkdf2Sync(bot.password, Buffer.from(salt, "base64"), Number(rounds), 32, "sha256");
  const key = createHmac("sha256", salted).update("Client Key").digest();
  expect(createHash("sha256").update(key).digest("base64")).toBe(stored);
});

test("several calls at once wait for each other", async () => {
  const name = await freshDatabase(port);
  const config = databaseConfig(port, name);
  await Promise.all([1, 2, 3].map(() => setLogins(config, [login(name, 1), login(name, 2)])));
  expect(await usersOf(name)).toEqual([login(name, 1).user, login(name, 2).user]);
});
