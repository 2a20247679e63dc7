import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { restoreSnapshot, snapshot, takeSnapshot } from "./snapshot.ts";
import type { World } from "./world.ts";

/** Keeps a snapshot over restarts, in the file with that path. */
export const snapshotFile = (path: string) => ({
  path,
  /** Does nothing when there is no file yet. Throws when the file holds something else. */
  load(world: World): void {
    if (!existsSync(path)) return;
    let content: unknown;
    try {
      content = JSON.parse(readFileSync(path, "utf8"));
    } catch (error) {
      throw new Error(unusable(path, error instanceof Error ? error.message : String(error)), {
        cause: error,
      });
    }
    const result = snapshot.safeParse(content);
    if (!result.success) {
      const [issue] = result.error.issues;
      throw new Error(unusable(path, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`));
    }
    restoreSnapshot(world, result.data);
  },
  save(world: World): void {
    // Whoever reads it meanwhile gets the old one, whole. Only its owner may: there are messages in it.
    writeFileSync(`${path}.new`, JSON.stringify(takeSnapshot(world)), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  },
});

const unusable = (path: string, why: string): string =>
  `SIMULATOR_STATE_FILE (${path}) holds no snapshot: ${why}\nremove it, or name another file`;

export type SnapshotFile = ReturnType<typeof snapshotFile>;
