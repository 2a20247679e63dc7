import { connect, createServer } from "node:net";
import pg from "pg";
import { expect, inject, test } from "vitest";
import { freePort, until } from "../../test/support/wait.ts";
import { databaseConfig, freshDatabase, sql } from "../../test/support/database.ts";
import { migrate } from "./migrate.ts";
import { knownMigrations } from "./migrations.ts";

const port = inject("servers").postgres;

test("an empty database gets every migration, and a second run none", async () => {
  const config = databaseConfig(port, await freshDatabase(port, true));
  expect(await migrate(config, () => undefined)).toEqual(await knownMigrations());
  expect(await migrate(config, () => undefined)).toEqual([]);
});

test("several that start at once wait for each other, and each migration runs once", async () => {
  const name = await freshDatabase(port, true);
  const config = databaseConfig(port, name);
  const runs = await Promise.all([1, 2, 3, 4].map(() => migrate(config, () => undefined)));
  expect(runs.flat()).toEqual(await knownMigrations());
  const rows = await sql(port, name, "SELECT name FROM migrations ORDER BY name");
  expect(rows.map((row) => row["name"])).toEqual(await knownMigrations());
});

test("a database that is not there yet is waited for", async () => {
  const name = await freshDatabase(port, true);
  const later = await freePort();
  const lines: string[] = [];
  const running = migrate(databaseConfig(later, name), (line) => lines.push(line), 60_000);
  await until("it has noticed", () => lines.length > 0);
  expect(lines[0]).toContain("the database is not there yet: connect ECONNREFUSED");
  const door = createServer((client) => {
    const server = connect(port, "127.0.0.1");
    for (const socket of [client, server]) socket.on("error", () => undefined);
    client.pipe(server).pipe(client);
  }).listen(later, "127.0.0.1");
  expect(await running).toEqual(await knownMigrations());
  door.close();
});

test("a migration never waits long for a lock, since all others would wait behind it, but tries again", async () => {
  const name = await freshDatabase(port, true);
  await sql(
    port,
    name,
    "CREATE TABLE migrations (id serial PRIMARY KEY, name varchar(255), run_on timestamp)",
  );
  const holder = new pg.Client({ host: "127.0.0.1", port, user: "postgres", database: name });
  await holder.connect();
  await holder.query("BEGIN; LOCK TABLE migrations");
  const lines: string[] = [];
  const running = migrate(databaseConfig(port, name), (line) => lines.push(line));
  await until("it gives up for now", () => lines.some((line) => line.includes("the database is locked: ")));
  await holder.end();
  expect(await running).toEqual(await knownMigrations());
});

test("a database that refuses is not", async () => {
  const lines: string[] = [];
  const refused = migrate(databaseConfig(port, "no_such_database"), (line) => lines.push(line), 60_000);
  await expect(refused).rejects.toThrow('database "no_such_database" does not exist');
  expect(lines).toEqual([]);
});
