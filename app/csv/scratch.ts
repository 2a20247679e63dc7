import { randomUUID } from "node:crypto";
import { open, unlink, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Opens a new file that has no name any more: it is gone with the last who has it open, even if the process is killed. */
export async function openScratch(): Promise<FileHandle> {
  const path = join(tmpdir(), `launchlab-${randomUUID()}`);
  const file = await open(path, "wx+", 0o600);
  await unlink(path);
  return file;
}
