import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const READ = 0o004;
const ENTER = 0o001;

/** The content of every file below the folder that any other user of the machine may read, by its path. */
export function readableByOthers(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
    if (entry.isDirectory() && (mode & ENTER) !== 0) Object.assign(found, readableByOthers(path));
    // Not what runs: sockets and pipes have no content.
    if (entry.isFile() && (mode & READ) !== 0) found[path] = readFileSync(path, "latin1");
  }
  return found;
}
