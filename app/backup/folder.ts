import { constants } from "node:fs";
import { lstat, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { BackupError, codeOf } from "./error.ts";
import type { Target } from "./target.ts";

const PART = ".part";
/** No space, over the quota, larger than a file may be. */
const FULL = ["ENOSPC", "EDQUOT", "EFBIG"];

async function sync(folder: string): Promise<void> {
  const handle = await open(folder);
  await handle.sync().finally(() => handle.close());
}

/** Backups in a folder of this machine or of a mounted volume. */
export function folderTarget(folder: string): Target {
  const path = (name: string): string => join(folder, name);

  return {
    place: folder,
    list: () =>
      readdir(folder).catch((error: unknown) => {
        throw new BackupError(`the folder ${folder} cannot be read (${codeOf(error) ?? "unknown"})`, error);
      }),
    async size(name) {
      try {
        const found = await lstat(path(name));
        return found.isFile() ? found.size : undefined;
      } catch (error) {
        if (codeOf(error) === "ENOENT") return undefined;
        throw error;
      }
    },
    async write(name, content) {
      const part = path(name) + PART;
      try {
        await mkdir(folder, { recursive: true });
        const handle = await open(part, "wx", 0o600);
        try {
          await handle.writeFile(content);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(part, path(name));
        await sync(folder);
      } catch (error) {
        await rm(part, { force: true });
        const code = codeOf(error) ?? "";
        if (FULL.includes(code)) {
          throw new BackupError(
            `there is no room for a backup in ${folder} (${code}): free some, or keep fewer backups`,
            error,
          );
        }
        if (["EACCES", "EROFS", "ENOTDIR"].includes(code))
          throw new BackupError(`the folder ${folder} cannot be written to (${code})`, error);
        throw error;
      }
    },
    async *read(name) {
      // A link that was put in the place of a backup is not followed.
      const handle = await open(path(name), constants.O_RDONLY | constants.O_NOFOLLOW);
      yield* handle.createReadStream() as AsyncIterable<Uint8Array>;
    },
    remove: (name) => rm(path(name), { force: true }),
    async tidy() {
      const names = await readdir(folder).catch(() => []);
      for (const name of names.filter((one) => one.endsWith(PART))) await rm(path(name), { force: true });
    },
  };
}
