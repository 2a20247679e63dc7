import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import type { DatabaseConfig } from "../config.ts";
import { keptName } from "../database/backup-list.ts";
import { BackupError, codeOf } from "./error.ts";
import { withSession } from "./session.ts";

const { escapeIdentifier } = pg;

/** Milliseconds between two looks at who is still connected. */
const POLL_MS = 100;

/** Whether the server has a database of this name. */
export async function exists(client: pg.Client, name: string): Promise<boolean> {
  return (await client.query("SELECT FROM pg_database WHERE datname = $1", [name])).rows.length > 0;
}

/** A session in the database that every server has for its administration: the one in use cannot be renamed. */
export const withAdministration = <T>(
  live: DatabaseConfig,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> => withSession({ ...live, name: "postgres" }, use);

/**
 * Puts another database in the place of the live one, which is kept as `keptName`: all or nothing. Connections are
 * ended; those that are made meanwhile wait, and are refused for a moment at most. Throws a BackupError when the user
 * may not do it.
 */
export async function swap(live: DatabaseConfig, other: string): Promise<void> {
  const [name, from, kept, aside] = [live.name, other, keptName(live.name), `${live.name}_aside`].map((one) =>
    escapeIdentifier(one),
  );
  try {
    await withAdministration(live, (client) =>
      withAdministration(live, async (watcher) => {
        await client.query("BEGIN");
        // It holds a lock that new connections wait for, and waits up to 5 s until there are no others.
        const renaming = client.query(`ALTER DATABASE ${name} RENAME TO ${aside}`);
        const ended = renaming.then(
          () => true,
          () => true,
        );
        do {
          await watcher.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity " +
              "WHERE datname = ANY ($1) AND backend_type = 'client backend'",
            [[live.name, other]],
          );
        } while (!(await Promise.race([ended, pause(POLL_MS, false)])));
        await renaming;
        await client.query(`ALTER DATABASE ${from} RENAME TO ${name}`);
        await client.query(`ALTER DATABASE ${aside} RENAME TO ${kept}`);
        await client.query("COMMIT");
      }),
    );
  } catch (error) {
    if (codeOf(error) !== "42501") throw error;
    throw new BackupError(
      `the user ${live.user} may not rename databases: as an administrator, switch over by hand (docs/operations.md)`,
      error,
    );
  }
}
