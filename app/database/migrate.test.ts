import { expect, inject, test } from "vitest";
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
