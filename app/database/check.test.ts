import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { freshDatabase, sql } from "../../test/support/database.ts";
import { freePort } from "../../test/support/wait.ts";

const servers = inject("servers");

/** Runs the check as operators do, and returns what it prints. */
async function check(database: string, port = servers.postgres): Promise<{ text: string; code: number }> {
  const folder = mkdtempSync(join(tmpdir(), "launchlab-check-"));
  const file = join(folder, "password");
  writeFileSync(file, "planted-database-password");
  const env = {
    ROLE: "migrate",
    DATABASE_HOST: "127.0.0.1",
    DATABASE_PORT: String(port),
    DATABASE_NAME: database,
    DATABASE_USER: "postgres",
    DATABASE_PASSWORD_FILE: file,
    DATABASE_LOGIN_PASSWORDS_FILE: file,
    DATABASE_LOGINS: "bot:bot_1",
  };
  try {
    return await new Promise((resolve) => {
      execFile(process.execPath, [join(import.meta.dirname, "check-main.ts")], { env }, (error, out, err) =>
        resolve({ text: out + err, code: error === null ? 0 : Number(error.code) }),
      );
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const lineOf = (text: string, about: string): string =>
  text.split("\n").find((line) => line.slice(2).startsWith(about)) ?? "";

test("a database that is well has nothing but good findings, and schedules with their last run and next time", async () => {
  const name = await freshDatabase(servers.postgres);
  await sql(
    servers.postgres,
    name,
    `INSERT INTO jobs (kind, key, attempts, began_at, ended_at, outcome)
     VALUES ('purge', 'purge@2026-05-01T10:40:00.000Z', 1, '2026-05-01 10:40:01+00', '2026-05-01 10:40:03.5+00', 'done')`,
  );
  const { text, code } = await check(name);
  expect(text.split("\n").filter((line) => /^[!✗]/.test(line))).toEqual([]);
  expect(code).toBe(0);
  expect(lineOf(text, "connection")).toMatch(/postgres at 127\.0\.0\.1:\d+\/test_\w+, in \d+ ms/);
  expect(lineOf(text, "size")).toMatch(/\d MB, \w+ \d/);
  expect(lineOf(text, "job purge")).toMatch(
    /done at 2026-05-01T10:40Z in 2\.5 s, next at \d{4}-\d\d-\d\dT\d\d:40Z/,
  );
  expect(lineOf(text, "job inactive")).toContain("never, next at");
});

test("what is wrong is said in words, with what to do, and the end is a 1", async () => {
  const name = await freshDatabase(servers.postgres);
  await sql(
    servers.postgres,
    name,
    "CREATE TABLE numbers AS SELECT 1 + n % 2 AS n FROM generate_series(1, 20000) AS n",
    "ALTER TABLE numbers ADD COLUMN more int DEFAULT 0",
    "UPDATE numbers SET more = 1",
    "UPDATE numbers SET more = 2",
    "SELECT pg_stat_force_next_flush()",
    "ANALYZE numbers",
    "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'users_city'::regclass",
    "INSERT INTO jobs (kind, key, began_at, ended_at, outcome, error) " +
      "VALUES ('purge', 'purge@x', now(), now(), 'failed', 'no space')",
  );
  const { text, code } = await check(name);
  expect(code).toBe(1);
  expect(lineOf(text, "indexes")).toContain("✗ indexes");
  expect(text).toContain("→ REINDEX INDEX CONCURRENTLY users_city");
  expect(lineOf(text, "bloat")).toMatch(/^! bloat +numbers: \d{5} dead rows, \d\d %/);
  expect(lineOf(text, "job purge")).toMatch(/^! .*failed .*no space/);
});

test("missing migrations, a database that is not there and one that does not answer are told", async () => {
  const empty = await check(await freshDatabase(servers.postgres, true));
  expect(empty).toMatchObject({ code: 1 });
  expect(lineOf(empty.text, "migrations")).toMatch(/^✗ migrations +pending: 001_core, /);
  const none = await check("no_such_database");
  expect(none).toMatchObject({ code: 1 });
  expect(lineOf(none.text, "connection")).toContain('database "no_such_database" does not exist');
  const away = await check("any", await freePort());
  expect(away).toMatchObject({ code: 1 });
  expect(lineOf(away.text, "connection")).toContain("ECONNREFUSED");
  expect(away.text).toContain("does it run");
  expect(away.text + none.text + empty.text).not.toContain("planted-database-password");
});

test("what a newer version of the bot left behind is worth a look, and no reason to fail", async () => {
  const name = await freshDatabase(servers.postgres);
  await sql(servers.postgres, name, "INSERT INTO migrations (name, run_on) VALUES ('999_future', now())");
  const { text, code } = await check(name);
  expect(lineOf(text, "migrations")).toMatch(/^! migrations +not of this version: 999_future/);
  expect(code).toBe(0);
});
