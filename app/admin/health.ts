import type { RedisConnection } from "../cache/redis.ts";
import { knownMigrations, migrationsTable } from "../database/migrations.ts";
import type { Database } from "../database/pool.ts";
import type { Log } from "../log.ts";

export interface Health {
  /** Why this process should get no work, and what it does without; both empty when all is well. */
  readiness(): { reasons: string[]; degraded: string[] };
  /** From now on not ready, whatever the database says. */
  drain(): void;
  stop(): void;
}

/** Long enough for a failover of the database: meanwhile updates go back to Telegram with a time to wait. */
const lately = 30_000;
const interval = 2000;

/** Watches the database in the background, so that asking for the readiness costs nothing. */
export function createHealth(database: Database, redis: RedisConnection, log: Log): Health {
  let draining = false;
  let missing: string[] | undefined;

  async function probe(): Promise<void> {
    if (missing?.length !== 0) {
      const known = await knownMigrations();
      const rows = await database.query<{ name: string }>("probe", `SELECT name FROM ${migrationsTable}`);
      const applied = new Set(rows.map(({ name }) => name));
      missing = known.filter((name) => !applied.has(name));
    } else if (performance.now() - database.lastAnswer() > interval) {
      await database.query("probe", "SELECT 1");
    }
  }

  let running = false;
  const look = () => {
    if (running) return;
    running = true;
    probe()
      .catch((error: unknown) => log.warn({ err: error }, "the database does not answer"))
      .finally(() => (running = false));
  };
  look();
  const timer = setInterval(look, interval);

  return {
    readiness: () => {
      const reasons: string[] = [];
      if (draining) reasons.push("shutting down");
      if (performance.now() - database.lastAnswer() > lately) {
        reasons.push("the database has not answered lately");
      } else if (missing?.length !== 0) {
        reasons.push(
          missing === undefined
            ? "the migrations of the database are not known yet"
            : `the database lacks migrations: ${missing.join(", ")}`,
        );
      }
      return { reasons, degraded: redis.available() ? [] : ["Redis is away: memory stands in for it"] };
    },
    drain: () => (draining = true),
    stop: () => clearInterval(timer),
  };
}
