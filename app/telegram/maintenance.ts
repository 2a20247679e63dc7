import { LRUCache } from "lru-cache";
import type { RedisConnection } from "../cache/redis.ts";
import { noMaintenance, readMaintenance } from "../database/maintenance.ts";
import type { Call } from "../database/outbox.ts";
import type { Database } from "../database/pool.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import { lineFor } from "./line.ts";
import type { Subject } from "./parse.ts";
import { translator, type Locale } from "./texts.ts";

/** What somebody is told during maintenance. */
export interface Notice {
  /** Null for the usual line. */
  readonly text: string | null;
  /** Whether the person has not been told for a while. */
  readonly first: boolean;
}

export interface MaintenanceWatch {
  /** Asks the database. Never throws: while it is away, what was known holds. */
  readonly refresh: () => Promise<void>;
  /** Whether there is maintenance, as far as is known. */
  isOn(): Promise<boolean>;
  /** What to tell a person instead of working; undefined when there is no maintenance. Never throws. */
  notice(userId: number): Promise<Notice | undefined>;
}

/** Milliseconds between two looks; with what a look takes, well under the two seconds of the promise. */
export const MAINTENANCE_LOOK_MS = 1000;
/** Seconds after which a person is told again. */
const AGAIN = 600;

/** What somebody is told in place of what an update asks for. */
export function noticeCalls(subject: Subject, locale: Locale, { text, first }: Notice): Call[] {
  const line = lineFor(subject, text ?? translator(locale)("maintenance"), first);
  if (line === undefined) return [];
  return [{ chatId: subject.chatId, method: line.method, payload: JSON.stringify(line.payload) }];
}

/** Knows the switch of one replica, so that an update does not ask for it. */
export function createMaintenanceWatch(
  database: Pick<Database, "query">,
  redis: RedisConnection,
  metrics: Metrics,
  log: Log,
): MaintenanceWatch {
  let now = noMaintenance;
  let looked = false;
  // Who was told, while Redis is away.
  const told = new LRUCache<string, true>({ max: 50_000, ttl: AGAIN * 1000 });

  async function refresh(): Promise<void> {
    try {
      now = await readMaintenance(database.query);
      metrics.maintenance.set(now.on ? 1 : 0);
    } catch (error) {
      log.warn({ err: error }, "whether there is maintenance could not be read");
    }
    looked = true;
  }

  async function isOn(): Promise<boolean> {
    if (!looked) await refresh();
    return now.on;
  }

  function toldNow(key: string): boolean {
    const first = !told.has(key);
    if (first) told.set(key, true);
    return first;
  }

  return {
    refresh,
    isOn,
    notice: async (userId) => {
      if (!(await isOn())) return undefined;
      const { text, since } = now;
      const key = `v1:maintenance:${since}:${userId}`;
      const first = await redis.use(
        async (client) => (await client.set(key, "1", "EX", AGAIN, "NX")) === "OK",
        () => toldNow(key),
      );
      return { text, first };
    },
  };
}
