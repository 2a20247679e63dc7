import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { freshDatabase, sql } from "../../test/support/database.ts";
import { setLogins } from "../database/logins.ts";
import { backupBench, never, programsOnPath, type BackupBench } from "../testing/backup.ts";
import type { BackupConfig } from "./config.ts";
import { create } from "./create.ts";
import { restore } from "./restore.ts";
import { withSession } from "./session.ts";

const port = inject("servers").postgres;
let bench: BackupBench;
let name: string;
beforeAll(async () => {
  await programsOnPath();
  bench = await backupBench(port);
  ({ name } = (await create(bench.config, bench.catalogue, never)).manifest);
});
afterAll(() => bench.remove());

const restoreInto = (target: string | undefined, config: BackupConfig = bench.config): Promise<string> =>
  restore(config, bench.catalogue, name, target, never);

it("takes a new name by itself", async () => {
  const made = await restoreInto(undefined);
  expect(made).toBe(`${bench.database}_${name.replaceAll(/\D/g, "")}`);
  await sql(port, "postgres", `DROP DATABASE ${made}`);
});

it("takes an empty database that is there, and no other", async () => {
  const empty = await freshDatabase(port, true);
  expect(await restoreInto(empty)).toBe(empty);
  await expect(restoreInto(empty)).rejects.toThrow("is not empty");
  await sql(port, "postgres", `DROP DATABASE ${empty}`);
});

it("never touches the live database, and takes no name that SQL would read differently", async () => {
  await expect(restoreInto(bench.database)).rejects.toThrow("is the live database");
  const names = [
    'x"; DROP DATABASE postgres; --',
    "Upper",
    "1st",
    "host=elsewhere",
    "",
    "a b",
    "a\0b",
    "a\n",
  ];
  const alike = ["ｂｏｔ", "bоt", "bot\u200b", "ﬁle", "../bot", "postgres://x/y", "-bot", "x".repeat(64)];
  for (const wrong of [...names, ...alike])
    await expect(restoreInto(wrong), wrong).rejects.toThrow("must be of small letters");
});

it("lets the stack's own users in, as they are in the live database", async () => {
  const logins = (["bot", "backup"] as const).map((kind) => {
    return { kind, user: `${bench.database}_${kind}_1`, password: "not-asked-for" };
  });
  await setLogins(bench.config.database, logins);
  const target = await restoreInto(bench.newName());
  for (const { user } of logins) {
    const restored = { ...bench.config.database, name: target, user };
    const { rows } = await withSession(restored, (client) =>
      client.query("SELECT count(*)::int AS n FROM users"),
    );
    expect(rows, user).toEqual([{ n: 500 }]);
  }
  await setLogins(bench.config.database, []);
});

it("is done by the owner, who owns what is restored", async () => {
  const user = `${bench.database}_backup_1`;
  await setLogins(bench.config.database, [{ kind: "backup", user, password: "not-asked-for" }]);
  const config = { ...bench.config, database: { ...bench.config.database, user } };
  await expect(restoreInto(bench.newName(), config)).rejects.toThrow(
    `a restore needs the owner of the database, postgres, and ${user} is not`,
  );
  await setLogins(bench.config.database, []);
});

it("tells an owner who may not make databases what to do, and works with one that was made", async () => {
  const user = `user_${randomBytes(4).toString("hex")}`;
  const own = (owner: string): string => `ALTER DATABASE ${bench.database} OWNER TO ${owner}`;
  await sql(port, "postgres", `CREATE ROLE ${user} LOGIN`, own(user));
  const config = { ...bench.config, database: { ...bench.config.database, user } };
  const target = bench.newName();
  const advice = `CREATE DATABASE ${target} OWNER ${user}`;
  await expect(restoreInto(target, config)).rejects.toThrow(advice);
  await sql(port, "postgres", `${advice} TEMPLATE template0`);
  expect(await restoreInto(target, config)).toBe(target);
  await sql(port, "postgres", `DROP DATABASE ${target}`, own("postgres"), `DROP ROLE ${user}`);
});

it("that differs from what was backed up fails, and leaves no database", async () => {
  const manifest = await bench.catalogue.verify(name);
  const tables = manifest.tables.map((table) =>
    table.name === "public.users" ? { ...table, rows: 501 } : { ...table, checksum: `${table.checksum}0` },
  );
  const lying = { ...bench.catalogue, verify: () => Promise.resolve({ ...manifest, tables }) };
  const target = bench.newName();
  const restoring = restore(bench.config, lying, name, target, never);
  await expect(restoring).rejects.toThrow(
    /public\.outbox has other content.*public\.users has 500 rows instead of 501/,
  );
  expect(await bench.databases()).not.toContain(target);
});
