import { pipeline } from "node:stream/promises";
import type { DatabaseConfig } from "../config.ts";
import { knownMigrations } from "../database/migrations.ts";
import type { Catalogue } from "./catalogue.ts";
import { decrypt } from "./encryption.ts";
import { BackupError } from "./error.ts";
import { differences, fingerprint } from "./fingerprint.ts";
import type { Manifest } from "./manifest.ts";
import { start, versionIn, versionOf, withLogin } from "./programs.ts";
import { withSession } from "./session.ts";

/** A backup that is whole and ours, and that we have the key and the programs for. */
export interface Opened {
  readonly manifest: Manifest;
  /** The dump, decrypted piece by piece; to be read once. */
  readonly dump: AsyncIterable<Uint8Array>;
}

/** Opens a backup. Throws a BackupError that says why it is refused; nothing has been done by then. */
export async function open(
  catalogue: Catalogue,
  name: string,
  identity: string | undefined,
): Promise<Opened> {
  if (identity === undefined) {
    throw new BackupError(
      "BACKUP_IDENTITY_FILE is missing: set it to the path of a file with the age identity",
    );
  }
  const manifest = await catalogue.verify(name);
  const known = await knownMigrations();
  const newer = manifest.migrations.find((migration) => !known.includes(migration));
  if (newer !== undefined) {
    throw new BackupError(
      `${name} was made by a newer version of the bot, with the migration ${newer}: update the bot first`,
    );
  }
  const pgRestore = await versionOf("pg_restore");
  if (pgRestore.major < versionIn(manifest.pgDump).major) {
    throw new BackupError(
      `pg_restore ${pgRestore.text} cannot read what pg_dump ${manifest.pgDump} wrote: install PostgreSQL ` +
        String(versionIn(manifest.pgDump).major),
    );
  }
  return { manifest, dump: await decrypt(catalogue.read(manifest), identity, manifest.recipient) };
}

/**
 * Loads the dump into an empty database, all of it or nothing, and compares every table with the manifest. Throws a
 * BackupError when it does not fit.
 */
export async function load(
  { manifest, dump }: Opened,
  database: DatabaseConfig,
  signal: AbortSignal,
): Promise<void> {
  await withLogin(database, async (env) => {
    const restore = start(
      "pg_restore",
      // The roles of another server may not exist here; what is restored belongs to whoever restores it.
      [
        "--no-owner",
        "--no-acl",
        "--exit-on-error",
        "--single-transaction",
        "--no-password",
        "--dbname",
        database.name,
      ],
      { env, signal },
    );
    restore.stdout.resume();
    const [fed, ended] = await Promise.allSettled([pipeline(dump, restore.stdin), restore.ended]);
    // Whoever broke off first knows why; the other only lost its partner.
    const reasons = [fed, ended].flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
    if (reasons.length > 0) throw reasons.find((reason) => reason instanceof BackupError) ?? reasons[0];
  });
  const found = await withSession(database, async (client) => {
    await client.query("BEGIN READ ONLY");
    return fingerprint(client);
  });
  const wrong = differences(manifest.tables, found);
  if (wrong.length > 0)
    throw new BackupError(
      `what was restored from ${manifest.name} is not what was backed up: ${wrong.join("; ")}`,
    );
}
