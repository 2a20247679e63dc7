import { createHash } from "node:crypto";
import { BackupError } from "./error.ts";
import { counted, type Progress } from "./progress.ts";
import { readManifest, signManifest, type Manifest } from "./manifest.ts";
import type { Target } from "./target.ts";

export const backupName = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z$/;
const content = (name: string): string => `${name}.dump.age`;
const manifestOf = (name: string): string => `${name}.json`;
/** More than the manifest of a database with ten thousand tables. */
const MANIFEST_LIMIT = 4 * 1024 * 1024;

/** The name of a backup that is begun at this time; names sort by age. */
export const nameAt = (time: Date): string => time.toISOString().replaceAll(/[:.]/g, "-");

/** When the backup of this name was begun. */
export const timeOf = (name: string): Date =>
  new Date(name.replace(/T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z$/, "T$1:$2:$3.$4Z"));

export type Entry =
  | { readonly name: string; readonly created: Date; readonly manifest: Manifest }
  /** Of no use, and why. */
  | { readonly name: string; readonly problem: string };

export const isGood = (entry: Entry): entry is Extract<Entry, { manifest: Manifest }> => "manifest" in entry;

/** The backups in a target. A backup is there when its manifest is, which is written last. */
export interface Catalogue {
  readonly target: Target;
  /** Oldest first. What is no backup is left out. Content is not read: `verify` does that. */
  list(): Promise<Entry[]>;
  /** The newest good one. Throws a BackupError when there is none. */
  newest(): Promise<string>;
  /**
   * The manifest of a backup whose content is what was written, to the last byte. Throws a BackupError that says why
   * not. The name may come from anywhere: nothing outside of the target is ever touched.
   */
  verify(name: string): Promise<Manifest>;
  read(manifest: Manifest): AsyncIterable<Uint8Array>;
  /** Writes a backup: its content, then the manifest that is made from its size and hash. */
  add(
    name: string,
    encrypted: AsyncIterable<Uint8Array>,
    describe: (bytes: number, sha256: string) => Promise<Manifest>,
  ): Promise<Manifest>;
  remove(name: string): Promise<void>;
}

/** `progress` hears of every byte of content that is written or read. */
export function createCatalogue(
  target: Target,
  key: string,
  progress: Progress = () => undefined,
): Catalogue {
  /** The manifest, when the content has the right size. */
  const look = async (name: string): Promise<Manifest> => {
    if (!backupName.test(name)) {
      throw new BackupError(
        `${JSON.stringify(name.slice(0, 100))} is not the name of a backup: see the list for the names`,
      );
    }
    const size = await target.size(content(name));
    const manifestSize = await target.size(manifestOf(name));
    if (size === undefined && manifestSize === undefined)
      throw new BackupError(`there is no backup ${name} in ${target.place}`);
    if (manifestSize === undefined)
      throw new BackupError(`${name} has no manifest: it was never finished, or is not ours`);
    if (size === undefined)
      throw new BackupError(`the content of ${name} is missing: only its manifest is there`);
    if (manifestSize > MANIFEST_LIMIT)
      throw new BackupError(`the manifest of ${name} is not ours: it is too large`);
    const manifest = readManifest(await textOf(target.read(manifestOf(name))), key, name);
    if (size !== manifest.bytes) {
      const how = size < manifest.bytes ? "it is cut off" : "it was changed";
      throw new BackupError(`${name} has ${size} bytes instead of ${manifest.bytes}: ${how}`);
    }
    return manifest;
  };

  const list = async (): Promise<Entry[]> => {
    const names = new Set(
      (await target.list())
        .map((file) => file.replace(/\.(dump\.age|json)$/, ""))
        .filter((name) => backupName.test(name)),
    );
    const entries: Entry[] = [];
    for (const name of [...names].sort()) {
      try {
        const manifest = await look(name);
        entries.push({ name, created: new Date(manifest.created), manifest });
      } catch (error) {
        if (!(error instanceof BackupError)) throw error;
        entries.push({ name, problem: error.message });
      }
    }
    return entries;
  };

  return {
    target,
    list,
    async newest() {
      const newest = (await list()).findLast(isGood);
      if (newest === undefined) throw new BackupError(`there is no good backup in ${target.place}`);
      return newest.name;
    },
    async verify(name) {
      const manifest = await look(name);
      const hash = createHash("sha256");
      const read = counted(target.read(content(name)), progress, "checking", manifest.bytes);
      for await (const chunk of read) hash.update(chunk);
      if (hash.digest("hex") !== manifest.sha256)
        throw new BackupError(
          `the content of ${name} was changed: its SHA-256 is not the one of its manifest`,
        );
      return manifest;
    },
    read: ({ name, bytes }) => counted(target.read(content(name)), progress, "reading", bytes),
    async add(name, encrypted, describe) {
      const hash = createHash("sha256");
      let bytes = 0;
      const measured = async function* (): AsyncGenerator<Uint8Array> {
        for await (const chunk of encrypted) {
          hash.update(chunk);
          bytes += chunk.length;
          yield chunk;
        }
      };
      await target.write(content(name), counted(measured(), progress, "writing"));
      try {
        const manifest = await describe(bytes, hash.digest("hex"));
        await target.write(manifestOf(name), bytesOf(signManifest(manifest, key)));
        return manifest;
      } catch (error) {
        await target.remove(content(name));
        throw error;
      }
    },
    async remove(name) {
      // In this order: a manifest alone is seen as a problem, content alone as one that was never finished.
      await target.remove(manifestOf(name));
      await target.remove(content(name));
    },
  };
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

// eslint-disable-next-line @typescript-eslint/require-await
async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
