import type { BackupCause } from "../database/backup-requests.ts";
import type { BackupConfig } from "./config.ts";
import { isGood, nameAt, type Catalogue } from "./catalogue.ts";
import { encrypt } from "./encryption.ts";
import { BackupError } from "./error.ts";
import { appliedMigrations, fingerprint } from "./fingerprint.ts";
import type { Manifest } from "./manifest.ts";
import { outputOf, start, versionOf, withLogin } from "./programs.ts";
import { expired } from "./retention.ts";
import { alone, serverVersion, withSession } from "./session.ts";

export interface Created {
  readonly manifest: Manifest;
  /** Names of the older ones that went. */
  readonly removed: readonly string[];
}

/** zstd is several times faster than zlib at the same size; pg_dump has it since 16. */
const compression = (major: number): string => (major >= 16 ? "--compress=zstd:3" : "--compress=6");

/**
 * Backs up the whole database as one moment saw it: dump, row counts and checksums come from one snapshot. Throws a
 * BackupError when it cannot, and leaves nothing behind then.
 */
export async function create(
  config: BackupConfig,
  catalogue: Catalogue,
  signal: AbortSignal,
  now = new Date(),
  cause: BackupCause = "manual",
): Promise<Created> {
  const { database, recipient } = config;
  if (recipient === undefined) {
    throw new BackupError(
      "BACKUP_RECIPIENT_FILE is missing: set it to the path of a file with an age recipient",
    );
  }
  const pgDump = await versionOf("pg_dump");
  return withSession(database, (client) =>
    alone(client, async () => {
      const server = await serverVersion(client);
      if (pgDump.major < server.major) {
        throw new BackupError(
          `pg_dump ${pgDump.text} cannot dump a server of version ${server.text}: install PostgreSQL ${server.major}`,
        );
      }
      await catalogue.target.tidy();
      await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
      const { rows } = await client.query<{ id: string }>("SELECT pg_export_snapshot() AS id");
      const migrations = await appliedMigrations(client);
      const name = nameAt(now);
      const manifest = await withLogin(database, async (env) => {
        const stop = new AbortController();
        const dump = start(
          "pg_dump",
          [
            "--format=custom",
            compression(pgDump.major),
            `--snapshot=${rows[0]?.id ?? ""}`,
            "--lock-wait-timeout=30s",
            "--no-password",
          ],
          { env, signal: AbortSignal.any([signal, stop.signal]) },
        );
        dump.stdin.end();
        // Read beside the dump, from the same snapshot, which is kept no longer than needed.
        const counting = fingerprint(client);
        counting.catch(() => undefined);
        try {
          const encrypted = await encrypt(outputOf(dump), recipient);
          return await catalogue.add(name, encrypted, async (bytes, sha256) => ({
            format: 1,
            name,
            created: now.toISOString(),
            cause,
            database: database.name,
            server: server.text,
            pgDump: pgDump.text,
            migrations,
            tables: await counting,
            bytes,
            sha256,
            recipient,
          }));
        } finally {
          stop.abort();
          // Not the counting, which may wait for somebody's lock: it ends with the session.
          await Promise.allSettled([dump.ended]);
        }
      });
      const old = expired((await catalogue.list()).filter(isGood), config.keep).map((entry) => entry.name);
      for (const one of old) await catalogue.remove(one);
      return { manifest, removed: old };
    }),
  );
}
