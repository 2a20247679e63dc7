import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { packages } from "../../infra/packages.ts";
import { provide } from "../../infra/process-provider/packages.ts";
import { databaseConfig, freshDatabase, sql } from "../../test/support/database.ts";
import { createCatalogue, type Catalogue } from "../backup/catalogue.ts";
import type { BackupConfig } from "../backup/config.ts";
import { folderTarget } from "../backup/folder.ts";

/** Never aborted. */
export const never = new AbortController().signal;

export const signature = "k".repeat(48);

/** Row for row, what people have told about themselves. */
export const users = "SELECT md5(string_agg(u::text, ';' ORDER BY id)) AS all FROM users u";

/** A database with 500 people and 20 messages, and an empty folder for its backups. */
export interface BackupBench {
  readonly database: string;
  readonly folder: string;
  readonly config: BackupConfig & { readonly recipient: string; readonly identity: string };
  readonly catalogue: Catalogue;
  /** Names of the files in the folder. */
  files(): string[];
  /** Databases of the server that belong to this bench: its own, and those with names that it gave. */
  databases(): Promise<string[]>;
  /** A name for a new database, which is gone at the end. */
  newName(): string;
  remove(): Promise<void>;
}

/** Puts the programs of Postgres on PATH, as they are in the bot's image. */
export async function programsOnPath(): Promise<void> {
  const { programs, env } = await provide(packages.postgres);
  const folders = [...new Set(Object.values(programs).map((path) => dirname(path)))];
  process.env["PATH"] = [...folders, process.env["PATH"] ?? ""].join(delimiter);
  Object.assign(process.env, env);
}

export async function backupBench(port: number): Promise<BackupBench> {
  const folder = mkdtempSync(join(tmpdir(), "launchlab-backup-"));
  // The scratch server of root's drill runs as another user, who must be able to walk there.
  chmodSync(folder, 0o755);
  const database = await freshDatabase(port);
  await sql(
    port,
    database,
    `INSERT INTO users (id, user_type, name, about, skills, is_searching)
     SELECT n, 'participant', 'Имя ' || n, repeat(md5(n::text), 10), ARRAY['go', 'тест'], n % 2 = 0
     FROM generate_series(1, 500) n`,
    `INSERT INTO outbox (chat_id, method, payload)
     SELECT n, 'sendMessage', '{"text": "hi"}' FROM generate_series(1, 20) n`,
  );
  const identity = await generateX25519Identity();
  const made: string[] = [database];
  return {
    database,
    folder,
    config: {
      database: databaseConfig(port, database),
      folder,
      signature,
      identity,
      recipient: await identityToRecipient(identity),
      keep: { daily: 7, weekly: 4 },
      bucket: undefined,
    },
    catalogue: createCatalogue(folderTarget(folder), signature),
    files: () => readdirSync(folder).sort(),
    databases: async () => {
      const rows = await sql(port, "postgres", "SELECT datname FROM pg_database");
      return rows.map((row) => String(row["datname"])).filter((name) => made.includes(name));
    },
    newName: () => {
      const name = `restored_${randomBytes(6).toString("hex")}`;
      made.push(name);
      return name;
    },
    remove: async () => {
      for (const name of made) await sql(port, "postgres", `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
