import { accessSync, constants, lstatSync } from "node:fs";
import { readFile, readdir, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";

export function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Links to absolute targets that were unpacked below `root` too are made to point at those. */
export async function mendLinks(root: string): Promise<void> {
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) continue;
    const link = join(entry.parentPath, entry.name);
    const target = await readlink(link);
    // Not followed: the target may be a link that is itself still to be mended.
    const inside = lstatSync(join(root, target), { throwIfNoEntry: false });
    if (!target.startsWith("/") || inside === undefined) continue;
    await rm(link);
    await symlink(relative(entry.parentPath, join(root, target)), link);
  }
}

/**
 * Rewrites absolute `folders` that are compiled into the programs below `root` as relative ones of the same
 * length, so that the programs find them when they start in `root`.
 */
export async function relocate(
  root: string,
  programs: readonly string[],
  folders: readonly string[],
): Promise<void> {
  if (folders.length === 0) return;
  for (const program of programs) {
    const path = ["usr/bin", "usr/sbin"].map((folder) => join(root, folder, program)).find(executable);
    if (path === undefined) continue;
    const bytes = await readFile(path);
    for (const folder of folders) {
      const relocated = Buffer.from(`${folder.slice(1)}/`);
      for (let at = bytes.indexOf(folder); at >= 0; at = bytes.indexOf(folder, at + 1))
        relocated.copy(bytes, at);
    }
    await writeFile(path, bytes);
  }
}
