import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import pg from "pg";
import { loginKinds, type DatabaseConfig, type Login, type LoginKind } from "../config.ts";
import { connectionOptions } from "./pool.ts";

const { escapeIdentifier, escapeLiteral } = pg;

/**
 * What Postgres keeps of a password, as in RFC 5803; 4096 rounds are its own default. Given this instead of the
 * password, it has nothing to write into its log.
 */
function verifier(password: string): string {
  const salt = randomBytes(16);
  const rounds = 4096;
  const salted = pbkdf2Sync(password, salt, rounds, 32, "sha256");
  const keyed = (text: string): Buffer => createHmac("sha256", salted).update(text).digest();
  const stored = createHash("sha256").update(keyed("Client Key")).digest("base64");
  const server = keyed("Server Key").toString("base64");
  return `SCRAM-SHA-256$${rounds}:${salt.toString("base64")}$${stored}:${server}`;
}

/** The role whose members may do what logins of this kind are for. */
const groupOf = (database: string, kind: LoginKind): string => `${database}_${kind}`;

/** What the bot never does to these tables: it only soft-deletes people, and who migrates or backs up notes it there. */
const kept: Readonly<Record<string, string>> = {
  audit: "UPDATE, DELETE",
  migrations: "INSERT, UPDATE, DELETE",
  backup_runs: "INSERT, UPDATE, DELETE",
  backup_requests: "UPDATE",
  backup_services: "INSERT, UPDATE, DELETE",
  backups: "INSERT, UPDATE, DELETE",
  users: "DELETE",
  payments: "DELETE",
  admin_tokens: "DELETE",
};

/** What backups note: how they went, what they are asked for, and what there is. */
const notes: Readonly<Record<string, string>> = {
  backup_runs: "INSERT, DELETE",
  backup_requests: "INSERT, UPDATE, DELETE",
  backup_services: "INSERT, UPDATE",
  backups: "INSERT, UPDATE, DELETE",
};

/** A statement about a table that may not be there: a backup may be of a time before it. */
const ifThere = (table: string, statement: string): string =>
  `DO $$ BEGIN IF to_regclass('public.${table}') IS NOT NULL THEN ${statement}; END IF; END $$; `;

/** Lets the members of the group work with all tables that the database has now, and nothing more. */
async function grantTables(client: pg.Client, group: string): Promise<void> {
  const to = escapeIdentifier(group);
  await client.query(
    `GRANT USAGE ON SCHEMA public TO ${to}; ` +
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${to}; ` +
      `GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO ${to}; ` +
      `GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO ${to}; ` +
      Object.entries(kept)
        .map(([table, rights]) => ifThere(table, `REVOKE ${rights} ON public.${table} FROM ${to}`))
        .join(""),
  );
}

/** Lets the members of the group read every row, as pg_dump does, and note how backups go. */
async function grantCopy(client: pg.Client, group: string): Promise<void> {
  const to = escapeIdentifier(group);
  await client.query(
    `GRANT USAGE ON SCHEMA public TO ${to}; ` +
      `GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${to}; ` +
      `GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO ${to}; ` +
      // Partitions are made between two migrations.
      `ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO ${to}; ` +
      `ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON SEQUENCES TO ${to}; ` +
      Object.entries(notes)
        .map(([table, rights]) => ifThere(table, `GRANT ${rights} ON public.${table} TO ${to}`))
        .join(""),
  );
}

/** Lets the members of the group read what the server says of itself, which is in no table of ours. */
async function grantFigures(client: pg.Client, group: string): Promise<void> {
  try {
    await client.query(`GRANT pg_monitor TO ${escapeIdentifier(group)}`);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError && error.code === "42501")) throw error;
    const owner = escapeIdentifier(client.user ?? "");
    throw new Error(
      `the user ${owner} may not let the exporter read figures: run GRANT pg_monitor TO ${owner} WITH ADMIN OPTION ` +
        "as a superuser of the database, then repeat this",
      { cause: error },
    );
  }
}

interface Rights {
  readonly grant: (client: pg.Client, group: string) => Promise<void>;
  /** What a session begins with. They stand with the role, since PgBouncer in transaction mode refuses them at connect. */
  readonly settings: Readonly<Record<string, string>>;
  /** Sessions of one user at a time; -1: as many as the server has. */
  readonly connections: number;
}

const rights: Readonly<Record<LoginKind, Rights>> = {
  bot: {
    grant: grantTables,
    // A transaction of the bot has stricter ones of its own.
    settings: {
      statement_timeout: "10s",
      lock_timeout: "5s",
      idle_in_transaction_session_timeout: "15s",
    },
    connections: -1,
  },
  monitor: {
    grant: grantFigures,
    settings: {
      statement_timeout: "10s",
      lock_timeout: "1s",
      idle_in_transaction_session_timeout: "10s",
    },
    connections: 5,
  },
  backup: {
    grant: grantCopy,
    // A dump takes as long as it takes, and its snapshot waits for it in an open transaction.
    settings: { lock_timeout: "30s" },
    connections: 10,
  },
};

/** Takes from everybody what Postgres lets everybody do in a database that is not asked for here. */
async function closeToOthers(client: pg.Client): Promise<void> {
  await client.query(
    `REVOKE TEMPORARY ON DATABASE ${escapeIdentifier(client.database ?? "")} FROM PUBLIC; ` +
      // Some work with the rights of the owner.
      "REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC",
  );
}

async function exists(client: pg.Client, role: string): Promise<boolean> {
  return (await client.query("SELECT FROM pg_roles WHERE rolname = $1", [role])).rowCount === 1;
}

/** Lets those into a copy of the database `live` who may work with it itself. */
export async function admitTo(copy: pg.Client, live: string): Promise<void> {
  await closeToOthers(copy);
  // What the third one reads is of the whole server.
  for (const kind of ["bot", "backup"] as const) {
    const group = groupOf(live, kind);
    if (await exists(copy, group)) await rights[kind].grant(copy, group);
  }
}

/**
 * Makes exactly these users able to do what they are for in the migrated database, and nothing more. Others that an
 * earlier call made are dropped; what they have open goes on until they disconnect. The caller needs the right to make
 * roles, and to grant `pg_monitor`.
 */
export async function setLogins(config: DatabaseConfig, logins: readonly Login[]): Promise<void> {
  const client = new pg.Client(connectionOptions(config));
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("BEGIN");
    // Roles belong to the whole server: two that change them at once would fail.
    await client.query("SELECT pg_advisory_xact_lock(hashtext('launchlab logins'))");
    await closeToOthers(client);
    for (const kind of loginKinds) {
      const { grant, settings, connections } = rights[kind];
      const group = groupOf(config.name, kind);
      const to = escapeIdentifier(group);
      if (!(await exists(client, group))) await client.query(`CREATE ROLE ${to} NOLOGIN`);
      await grant(client, group);
      const wanted = logins.filter((login) => login.kind === kind);
      for (const { user, password } of wanted) {
        const role = escapeIdentifier(user);
        await client.query(
          `${(await exists(client, user)) ? "ALTER" : "CREATE"} ROLE ${role} LOGIN CONNECTION LIMIT ${connections} ` +
            `PASSWORD ${escapeLiteral(verifier(password))}; GRANT ${to} TO ${role}; ` +
            Object.entries(settings)
              .map(([name, value]) => `ALTER ROLE ${role} SET ${name} = '${value}'`)
              .join("; "),
        );
      }
      const { rows } = await client.query<{ name: string }>(
        "SELECT member.rolname AS name FROM pg_auth_members JOIN pg_roles member ON member.oid = pg_auth_members.member " +
          "JOIN pg_roles granted ON granted.oid = pg_auth_members.roleid " +
          "WHERE granted.rolname = $1 AND member.rolcanlogin AND NOT member.rolname = ANY ($2) " +
          "AND starts_with(member.rolname, $1)",
        [group, wanted.map(({ user }) => user)],
      );
      for (const { name } of rows) await client.query(`DROP ROLE ${escapeIdentifier(name)}`);
    }
    await client.query("COMMIT");
  } finally {
    await client.end();
  }
}
