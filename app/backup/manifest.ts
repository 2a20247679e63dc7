import { createHmac } from "node:crypto";
import { z } from "zod";
import { backupCauses } from "../database/backup-requests.ts";
import { sameDigest } from "../secret.ts";
import { BackupError } from "./error.ts";

/** What a table held in the snapshot that was backed up. */
const tableSchema = z.object({
  /** With its schema, quoted where SQL asks for it. */
  name: z.string(),
  rows: z.number().int().min(0),
  /** Sum over the rows of what their text hashes to: the same for the same rows in any order. */
  checksum: z.string(),
});

export type Table = z.infer<typeof tableSchema>;

const schema = z.object({
  format: z.literal(1),
  /** Of the backup that it belongs to. */
  name: z.string(),
  created: z.iso.datetime(),
  /** Who wanted it; those of older versions do not say it. */
  cause: z.enum(backupCauses).optional(),
  database: z.string(),
  /** Versions as "17.6". */
  server: z.string(),
  pgDump: z.string(),
  /** Names of the migrations that the database has had, in order. */
  migrations: z.array(z.string()),
  tables: z.array(tableSchema),
  /** The encrypted file. */
  bytes: z.number().int().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** The age recipient (public key) that it is encrypted for. */
  recipient: z.string(),
});

/** What is known of a backup without opening it. It holds no personal data. */
export type Manifest = z.infer<typeof schema>;

const hmac = (key: string, content: unknown): Buffer =>
  createHmac("sha256", key).update(JSON.stringify(content)).digest();

/** The manifest as JSON, with its HMAC-SHA-256. */
export function signManifest(manifest: Manifest, key: string): string {
  return `${JSON.stringify({ ...manifest, hmac: hmac(key, manifest).toString("hex") }, null, 2)}\n`;
}

const signed = z.looseObject({ hmac: z.string().regex(/^[0-9a-f]{64}$/) });

/** Reads what `signManifest` wrote. Throws a BackupError when it is anything else, or was changed since. */
export function readManifest(text: string, key: string, name: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new BackupError(`the manifest of ${name} is not JSON: it is damaged, or not ours`);
  }
  const parsed = signed.safeParse(json);
  if (!parsed.success) throw new BackupError(`the manifest of ${name} is not signed: it is not ours`);
  const { hmac: given, ...content } = parsed.data;
  if (!sameDigest(hmac(key, content), Buffer.from(given, "hex"))) {
    throw new BackupError(
      `the signature of the manifest of ${name} does not fit: it was changed, or comes from another stack`,
    );
  }
  const manifest = schema.safeParse(content);
  if (!manifest.success) {
    throw new BackupError(`the manifest of ${name} is of another version of the bot, newer than this one`);
  }
  if (manifest.data.name !== name)
    throw new BackupError(`the manifest of ${name} belongs to ${manifest.data.name}`);
  return manifest.data;
}

/** Rows of all its tables. */
export const rowsOf = (tables: Manifest["tables"]): number => tables.reduce((sum, { rows }) => sum + rows, 0);
