import type pg from "pg";
import type { DatabaseConfig } from "../config.ts";
import { admitTo } from "../database/logins.ts";
import type { Catalogue } from "./catalogue.ts";
import type { BackupConfig } from "./config.ts";
import { BackupError, codeOf } from "./error.ts";
import { tableNames } from "./fingerprint.ts";
import { load, open, type Opened } from "./load.ts";
import { versionIn } from "./programs.ts";
import { alone, serverVersion, withSession } from "./session.ts";
import { exists } from "./swap.ts";

/** Names that need no quotes in SQL, and no care anywhere else. */
const DATABASE = /^[a-z_][a-z0-9_]{0,62}$/;

/** The database that a backup is restored into unless another one is named: a new one for each backup. */
const defaultName = (live: string, backup: string): string =>
  `${live}_${backup.replaceAll(/\D/g, "")}`.slice(0, 63);

/** Makes the database unless it is there. Returns whether it did. Throws a BackupError when it is not empty. */
async function prepare(client: pg.Client, database: DatabaseConfig): Promise<boolean> {
  if (await exists(client, database.name)) {
    const tables = await withSession(database, tableNames);
    if (tables.length === 0) return false;
    throw new BackupError(
      `the database ${database.name} is not empty (${tables.length} tables): name another one with --into`,
    );
  }
  try {
    await client.query(`CREATE DATABASE ${database.name} TEMPLATE template0`);
    return true;
  } catch (error) {
    if (codeOf(error) !== "42501") throw error;
    throw new BackupError(
      `the user ${database.user} may not make databases: make one as an administrator with ` +
        `CREATE DATABASE ${database.name} OWNER ${database.user}, then repeat this with --into ${database.name}`,
      error,
    );
  }
}

/** Lets those in who may work with the live database: rights were left out, as another server may not have the roles. */
export async function letIn(copy: DatabaseConfig, live: string): Promise<void> {
  await withSession(copy, (client) => admitTo(client, live));
}

/** Throws a BackupError unless `user` may do with the live database what it likes: what is restored may take its place. */
async function checkOwner(client: pg.Client, live: string, user: string): Promise<void> {
  const { rows } = await client.query<{ owner: string; ours: boolean }>(
    "SELECT pg_get_userbyid(datdba) AS owner, pg_has_role(datdba, 'MEMBER') AS ours FROM pg_database WHERE datname = $1",
    [live],
  );
  const [row] = rows;
  if (row?.ours !== true)
    throw new BackupError(
      `a restore needs the owner of the database, ${row?.owner ?? ""}, and ${user} is not`,
    );
}

/**
 * Restores a backup into a database of its own, beside the live one, and compares it with what was backed up. Returns
 * the database's name. Throws a BackupError otherwise, and leaves no database that was not there before.
 */
export async function restore(
  config: BackupConfig,
  catalogue: Catalogue,
  name: string,
  into: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const live = config.database;
  const target = { ...live, name: into ?? defaultName(live.name, name) };
  if (target.name === live.name) {
    throw new BackupError(`${live.name} is the live database: a backup is never restored over it`);
  }
  if (!DATABASE.test(target.name)) {
    throw new BackupError("the name of the database must be of small letters, digits and _, 63 at most");
  }
  const opened = await open(catalogue, name, config.identity);
  await withSession(live, (client) =>
    alone(client, () => restoreInto(client, opened, live.name, target, signal)),
  );
  return target.name;
}

/** What `restore` does with a backup that was opened, while nobody else does; `client` is in the live database. */
export async function restoreInto(
  client: pg.Client,
  opened: Opened,
  live: string,
  target: DatabaseConfig,
  signal: AbortSignal,
): Promise<void> {
  const { name, server } = opened.manifest;
  await checkOwner(client, live, target.user);
  const here = await serverVersion(client);
  if (here.major < versionIn(server).major) {
    throw new BackupError(
      `${name} comes from a server of version ${server}; this one, ${here.text}, is older`,
    );
  }
  const made = await prepare(client, target);
  try {
    await load(opened, target, signal);
    await letIn(target, live);
  } catch (error) {
    if (made) await client.query(`DROP DATABASE ${target.name} WITH (FORCE)`);
    throw error;
  }
}
