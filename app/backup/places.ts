import { createCatalogue, isGood, type Catalogue } from "./catalogue.ts";
import type { BackupConfig } from "./config.ts";
import { BackupError } from "./error.ts";
import { folderTarget } from "./folder.ts";
import { counted, type Progress } from "./progress.ts";
import { expired } from "./retention.ts";
import { alone, withSession } from "./session.ts";

/** Where backups are: the folder that they are made in, and perhaps a bucket that they are copied to. */
export interface Places {
  readonly folder: Catalogue;
  /** Both as one; what is in both is read from the folder, unless it is damaged there. */
  readonly all: Catalogue;
  /**
   * Copies to the bucket what it does not have, and removes there what newer ones take the place of. A copy that was
   * interrupted goes on where it was. Throws a BackupError that says why not.
   */
  copy(): Promise<void>;
}

/** The two as one. */
function both(folder: Catalogue, bucket: Catalogue): Catalogue {
  /** Which of them has what was verified. */
  const from = new Map<string, Catalogue>();
  const list: Catalogue["list"] = async () => {
    const entries = new Map((await bucket.list()).map((entry) => [entry.name, entry]));
    for (const entry of await folder.list()) {
      const other = entries.get(entry.name);
      if (other === undefined || isGood(entry) || !isGood(other)) entries.set(entry.name, entry);
    }
    return [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  };
  return {
    ...folder,
    target: { ...folder.target, place: `${folder.target.place} and ${bucket.target.place}` },
    list,
    async newest() {
      const newest = (await list()).findLast(isGood);
      return newest === undefined ? folder.newest() : newest.name;
    },
    async verify(name) {
      try {
        return await folder.verify(name);
      } catch (error) {
        if (!(error instanceof BackupError)) throw error;
        const entry = (await bucket.list()).find((one) => one.name === name);
        // What is wrong in the folder says more than that the bucket does not have it.
        if (entry === undefined) throw error;
        from.set(name, bucket);
        return bucket.verify(name);
      }
    },
    read: (manifest) => (from.get(manifest.name) ?? folder).read(manifest),
  };
}

async function copyAll(
  from: Catalogue,
  to: Catalogue,
  { keep }: BackupConfig,
  progress: Progress,
): Promise<void> {
  const there = (await to.list()).filter(isGood);
  const names = new Set(there.map(({ name }) => name));
  const missing = (await from.list()).filter(isGood).filter(({ name }) => !names.has(name));
  const old = new Set(expired([...there, ...missing], keep));
  for (const entry of missing) {
    if (old.has(entry)) continue;
    const { name, manifest } = entry;
    await to.add(name, counted(from.read(manifest), progress, "copying", manifest.bytes), (_, sha256) => {
      if (sha256 === manifest.sha256) return Promise.resolve(manifest);
      return Promise.reject(new BackupError(`the content of ${name} was changed, and is not copied`));
    });
  }
  for (const entry of there) if (old.has(entry)) await to.remove(entry.name);
  await to.target.tidy();
}

/** The places of a configuration. `progress` hears of every byte. */
export async function openPlaces(config: BackupConfig, progress?: Progress): Promise<Places> {
  const target = folderTarget(config.folder);
  const folder = createCatalogue(target, config.signature, progress);
  if (config.bucket === undefined) return { folder, all: folder, copy: () => Promise.resolve() };
  // Most stacks have no bucket, and need not load the client.
  const { bucketTarget } = await import("./bucket.ts");
  const remote = bucketTarget(config.bucket);
  const silent = [target, remote].map((one) => createCatalogue(one, config.signature)) as [
    Catalogue,
    Catalogue,
  ];
  return {
    folder,
    all: both(folder, createCatalogue(remote, config.signature, progress)),
    copy: () =>
      withSession(config.database, (client) =>
        alone(client, () => copyAll(...silent, config, progress ?? (() => undefined))),
      ),
  };
}
