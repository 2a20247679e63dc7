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
export const groupOf = (database: string, kind: LoginKind): string => `${database}_${kind}`;

/**
 * Lets the members of the group work with all tables that the database has now, and nothing more. What the audit has,
 * they cannot change.
 */
export async function grantTables(client: pg.Client, group: string): Promise<void> {
  const to = escapeIdentifier(group);
  await client.query(
    `GRANT USAGE ON SCHEMA public TO ${to}; ` +
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${to}; ` +
      `GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO ${to}; ` +
      // Some work with the rights of the owner, and a function is everybody's unless it is taken away.
      "REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC; " +
      `GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO ${to}; ` +
      // A backup may be of a time before it.
      "DO $$ BEGIN IF to_regclass('public.audit') IS NOT NULL THEN " +
      `REVOKE UPDATE, DELETE ON public.audit FROM ${to}; END IF; END $$`,
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

const grants: Readonly<Record<LoginKind, typeof grantTables>> = { bot: grantTables, monitor: grantFigures };

/**
 * Makes exactly these users able to do what they are for in the migrated database, and nothing more. Others that an
 * earlier call made are dropped; what they have open goes on until they disconnect. The caller needs the right to make
 * roles, and to grant `pg_monitor`.
 */
export async function setLogins(config: DatabaseConfig, logins: readonly Login[]): Promise<void> {
  const client = new pg.Client(connectionOptions(config));
  client.on("error", () => undefined);
  const exists = async (role: string): Promise<boolean> =>
    (await client.query("SELECT FROM pg_roles WHERE rolname = $1", [role])).rowCount === 1;
  try {
    await client.connect();
    await client.query("BEGIN");
    // Roles belong to the whole server: two that change them at once would fail.
    await client.query("SELECT pg_advisory_xact_lock(hashtext('launchlab logins'))");
    for (const kind of loginKinds) {
      const group = groupOf(config.name, kind);
      const to = escapeIdentifier(group);
      if (!(await exists(group))) await client.query(`CREATE ROLE ${to} NOLOGIN`);
      await grants[kind](client, group);
      const wanted = logins.filter((login) => login.kind === kind);
      for (const { user, password } of wanted) {
        const role = escapeIdentifier(user);
        await client.query(
          `${(await exists(user)) ? "ALTER" : "CREATE"} ROLE ${role} LOGIN PASSWORD ${escapeLiteral(verifier(password))}; ` +
            // PgBouncer in transaction mode refuses this at connect, and a transaction has stricter limits of its own.
            `GRANT ${to} TO ${role}; ALTER ROLE ${role} SET statement_timeout = '10s'`,
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
