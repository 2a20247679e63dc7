import type { BackupCause } from "../database/backup-requests.ts";
import type { BackupConfig } from "./config.ts";
import { create, type Created } from "./create.ts";
import { BackupError } from "./error.ts";
import type { Places } from "./places.ts";
import { Busy } from "./session.ts";

/** Makes a backup in the folder, and copies it to the bucket, where there is one. Throws a BackupError when it cannot. */
export async function backUp(
  config: BackupConfig,
  places: Places,
  signal: AbortSignal,
  cause: BackupCause,
): Promise<Created> {
  const created = await create(config, places.folder, signal, new Date(), cause);
  try {
    await places.copy();
  } catch (error) {
    // The next look copies it.
    if (error instanceof Busy) return created;
    if (!(error instanceof BackupError)) throw error;
    throw new BackupError(`${created.manifest.name} was made, but not copied: ${error.message}`, error);
  }
  return created;
}
