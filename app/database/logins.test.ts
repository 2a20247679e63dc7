import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import pg from "pg";
import { beforeAll, describe, expect, inject, it, test } from "vitest";
import { databaseConfig, freshDatabase, sql } from "../../test/support/database.ts";
import { loginKinds, type Login, type LoginKind } from "../config.ts";
import { setLogins } from "./logins.ts";
import { migrate } from "./migrate.ts";

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

describe("a login of each kind", () => {
  let name: string;
  let logins: Record<LoginKind, Login>;
  beforeAll(async () => {
    name = await freshDatabase(port);
    logins = { bot: login(name, 1), monitor: login(name, 1, "monitor"), backup: login(name, 1, "backup") };
    await setLogins(databaseConfig(port, name), Object.values(logins));
    await sql(
      port,
      name,
      "INSERT INTO users (id) VALUES (1)",
      // As a job does between two migrations.
      "SELECT mentor_partitions('2100-01-01')",
    );
  });

  const intoAudit =
    "INSERT INTO audit (at, request_id, actor, actor_name, role, origin, action, parameters, result, previous, hash) " +
    "VALUES (now(), '', '', '', '', '', '', '', '', '', '')";
  /** Whether bot, monitor and backup may. What they change is undone. */
  const table: readonly [statement: string, bot: boolean, monitor: boolean, backup: boolean][] = [
    ["SELECT FROM users", true, false, true],
    ["INSERT INTO users (id) VALUES (2)", true, false, false],
    ["UPDATE users SET name = 'x'", true, false, false],
    ["DELETE FROM users", false, false, false],
    ["TRUNCATE users", false, false, false],
    ["LOCK TABLE users IN ACCESS SHARE MODE", true, false, true],
    ["LOCK TABLE users IN ACCESS EXCLUSIVE MODE", true, false, false],
    ["DELETE FROM outbox", true, false, false],
    ["SELECT FROM mentor_history", true, false, true],
    // Which pg_dump reads one by one.
    ["SELECT FROM mentor_history_2100_01", false, false, true],
    ["SELECT FROM audit", true, false, true],
    [intoAudit, true, false, false],
    ["UPDATE audit SET actor = ''", false, false, false],
    ["DELETE FROM audit", false, false, false],
    ["ALTER TABLE audit DISABLE TRIGGER audit_stays", false, false, false],
    ["DELETE FROM payments", false, false, false],
    ["UPDATE admin_tokens SET role = 'owner'", true, false, false],
    ["SELECT FROM migrations", true, false, true],
    ["DELETE FROM migrations", false, false, false],
    ["SELECT FROM backup_runs", true, false, true],
    ["INSERT INTO backup_runs (kind, began_at, ended_at) VALUES ('drill', now(), now())", false, false, true],
    ["DELETE FROM backup_runs", false, false, true],
    ["INSERT INTO backup_requests (kind, cause) VALUES ('create', 'manual')", true, false, true],
    ["UPDATE backup_requests SET state = 'done'", false, false, true],
    ["DELETE FROM backups", false, false, true],
    ["SELECT FROM backups", true, false, true],
    ["SELECT FROM settings", true, false, true],
    ["UPDATE settings SET value = '{}'", true, false, false],
    ["SELECT last_value FROM outbox_id_seq", true, false, true],
    ["SELECT skill_codes('{TypeScript}')", true, false, false],
    // It works with the rights of the owner.
    ["SELECT mentor_partitions('2100-02-01')", true, false, false],
    ["SELECT pg_advisory_xact_lock(1)", true, true, true],
    ["SELECT pg_export_snapshot()", true, true, true],
    // Figures of the server, and what others ask it.
    ["SELECT FROM pg_ls_waldir()", false, true, false],
    ["DROP TABLE users", false, false, false],
    ["ALTER TABLE users ADD COLUMN mine int", false, false, false],
    ["CREATE INDEX ON users (name)", false, false, false],
    ["CREATE TABLE mine ()", false, false, false],
    ["CREATE TEMPORARY TABLE mine ()", false, false, false],
    ["CREATE SCHEMA mine", false, false, false],
    ["CREATE FUNCTION mine() RETURNS int LANGUAGE sql RETURN 1", false, false, false],
    ["CREATE EXTENSION dblink", false, false, false],
    ["CREATE ROLE other", false, false, false],
    ["ALTER TABLE users OWNER TO CURRENT_USER", false, false, false],
    ["SET ROLE postgres", false, false, false],
    ["SET log_statement = 'none'", false, false, false],
    ["SELECT pg_read_file('postgresql.conf')", false, false, false],
    ["SELECT lo_import('/etc/passwd')", false, false, false],
    ["COPY (SELECT 1) TO PROGRAM 'cat'", false, false, false],
    ["COPY users FROM '/etc/passwd'", false, false, false],
    ["SELECT rolpassword FROM pg_authid", false, false, false],
    ["SELECT pg_reload_conf()", false, false, false],
  ];

  /** "allowed", "refused" for want of rights, else the error: that of a statement that means something else. */
  async function outcome(one: Login, statement: string): Promise<string> {
    try {
      await as(name, one, `BEGIN; ${statement}; ROLLBACK`);
      return "allowed";
    } catch (error) {
      return error instanceof pg.DatabaseError && error.code === "42501" ? "refused" : String(error);
    }
  }

  it.each(table)("%s: bot %s, monitor %s, backup %s", async (statement, bot, monitor, backup) => {
    const word = (may: boolean): string => (may ? "allowed" : "refused");
    expect({
      bot: await outcome(logins.bot, statement),
      monitor: await outcome(logins.monitor, statement),
      backup: await outcome(logins.backup, statement),
    }).toEqual({ bot: word(bot), monitor: word(monitor), backup: word(backup) });
  });

  it("that copies may read every table that there is", async () => {
    const tables = await sql(
      port,
      name,
      "SELECT quote_ident(relname) AS name FROM pg_class " +
        "WHERE relkind IN ('r', 'p', 'S') AND relnamespace = 'public'::regnamespace",
    );
    expect(tables.length).toBeGreaterThan(20);
    for (const { name: one } of tables) {
      expect(await outcome(logins.backup, `SELECT FROM ${String(one)}`), String(one)).toBe("allowed");
      expect(await outcome(logins.monitor, `SELECT FROM ${String(one)}`), String(one)).toBe("refused");
    }
  });

  it.each([
    ["bot", { statement_timeout: "10s", lock_timeout: "5s", idle_in_transaction_session_timeout: "15s" }],
    ["monitor", { statement_timeout: "10s", lock_timeout: "1s", idle_in_transaction_session_timeout: "10s" }],
    // A dump takes as long as it takes.
    ["backup", { statement_timeout: "0", lock_timeout: "30s", idle_in_transaction_session_timeout: "0" }],
  ] as const)("has its limits of time, whatever asks: %s", async (kind, limits) => {
    const { rows } = await as(
      name,
      logins[kind],
      "SELECT current_setting('statement_timeout') AS statement_timeout, current_setting('lock_timeout') AS lock_timeout, " +
        "current_setting('idle_in_transaction_session_timeout') AS idle_in_transaction_session_timeout",
    );
    expect(rows).toEqual([limits]);
  });

  it("that is an exporter's or a backup's takes few of the server's connections", async () => {
    for (const [kind, most] of [
      ["monitor", 5],
      ["backup", 10],
    ] as const) {
      const { user } = logins[kind];
      const clients = Array.from(
        { length: most },
        () => new pg.Client({ host: "127.0.0.1", port, database: name, user }),
      );
      try {
        for (const client of clients) await client.connect();
        await expect(as(name, logins[kind], "SELECT 1"), kind).rejects.toThrow("too many connections");
      } finally {
        for (const client of clients) await client.end();
      }
    }
  });
});

test("a database from before there were all kinds of logins gets the missing ones, and rights that were too many go", async () => {
  const name = await freshDatabase(port);
  const bot = login(name, 1);
  const group = `${name}_bot`;
  await sql(
    port,
    name,
    `CREATE ROLE ${group} NOLOGIN`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${group}`,
    `CREATE ROLE ${bot.user} LOGIN IN ROLE ${group}`,
  );
  const backup = login(name, 1, "backup");
  for (let run = 0; run < 2; run += 1) await setLogins(databaseConfig(port, name), [bot, backup]);
  await expect(as(name, bot, "DELETE FROM migrations")).rejects.toThrow("permission denied");
  expect((await as(name, backup, "SELECT count(*) FROM users")).rowCount).toBe(1);
});

test("an owner that is no superuser, as in a cluster of CloudNativePG, makes and changes them as well", async () => {
  const name = await freshDatabase(port, true);
  const owner = `${name}_owner`;
  await sql(
    port,
    "postgres",
    `CREATE ROLE ${owner} LOGIN CREATEROLE`,
    `GRANT pg_monitor TO ${owner} WITH ADMIN OPTION`,
    `ALTER DATABASE ${name} OWNER TO ${owner}`,
  );
  const config = { ...databaseConfig(port, name), user: owner };
  await migrate(config, () => undefined);
  const of = (generation: number): Login[] => loginKinds.map((kind) => login(name, generation, kind));
  for (const wanted of [of(1), of(1), [...of(2), ...of(1)], [...of(3), ...of(2)]])
    await setLogins(config, wanted);
  expect(await usersOf(name)).toEqual([...of(2), ...of(3), { user: owner }].map(({ user }) => user).sort());
  const [bot, monitor, backup] = of(3) as [Login, Login, Login];
  await as(name, bot, "INSERT INTO users (id) VALUES (1)");
  await as(name, bot, "SELECT mentor_partitions('2100-01-01')");
  expect((await as(name, backup, "SELECT id::int FROM users")).rows).toEqual([{ id: 1 }]);
  await as(name, backup, "SELECT FROM mentor_history_2100_01");
  await as(name, monitor, "SELECT FROM pg_ls_waldir()");
  await expect(as(name, bot, "DROP TABLE users")).rejects.toThrow("must be owner");
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
