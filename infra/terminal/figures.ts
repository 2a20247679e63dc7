import { select, max, min, sum, type Vector } from "../../dashboards/promql.ts";
import { redisUp } from "../../dashboards/alerts/redis.ts";
import { prometheusAt, type Sampled } from "../../dashboards/viewer/prometheus.ts";
import { NotKnown } from "./site.ts";

/** Sizes are in bytes, ages in seconds. What no program says is left out. */
export interface Database {
  readonly up: boolean;
  readonly connections?: number;
  readonly maxConnections?: number;
  readonly bytes?: number;
  readonly longestTransaction?: number;
}

export interface Redis {
  readonly up: boolean;
  readonly memoryBytes?: number;
  readonly maxMemoryBytes?: number;
  readonly clients?: number;
  readonly keys?: number;
  /** Replicas of the bot that do without it. */
  readonly replicasWithout: number;
}

export interface Queue {
  /** Jobs that are due, by kind, where there are any. */
  readonly jobs: Readonly<Record<string, number>>;
  readonly oldestJob: number;
  /** Messages that are not sent yet. */
  readonly outbox: number;
  readonly oldestMessage: number;
  /** Updates that were given up. */
  readonly deadLetters: number;
  /** Updates that wait at Telegram. */
  readonly atTelegram?: number;
}

export interface BackupRun {
  readonly kind: string;
  /** Of the last good one; undefined while there was none. */
  readonly last?: { readonly age: number; readonly seconds: number; readonly bytes: number };
  /** Since the last good one, or the birth of the database. */
  readonly age: number;
  /** Whether the newest one failed. */
  readonly failed: boolean;
}

export interface Breaker {
  /** What it stands before. */
  readonly name: string;
  /** The worst of all replicas. */
  readonly state: "closed" | "half-open" | "open";
}

/** What runs of the bot, by the number of its replicas. */
export interface Build {
  readonly version: string;
  readonly source: string;
  readonly replicas: number;
}

export interface Figures {
  database(): Promise<Database>;
  redis(): Promise<Redis>;
  queue(): Promise<Queue>;
  /** Empty where no worker watches over backups. */
  backups(): Promise<BackupRun[]>;
  breakers(): Promise<Breaker[]>;
  builds(): Promise<Build[]>;
}

const every: string[] = [];
const queries = {
  postgresUp: min(every, select("pg_up")),
  connections: sum(every, select("pg_stat_activity_count")),
  maxConnections: max(every, select("pg_settings_max_connections")),
  databaseBytes: max(every, select("pg_database_size_bytes")),
  longestTransaction: max(every, select("postgres_sessions_longest_transaction_seconds")),
  redisUp,
  redisMemory: max(every, select("redis_memory_used_bytes")),
  redisMaxMemory: max(every, select("redis_memory_max_bytes")),
  redisClients: sum(every, select("redis_connected_clients")),
  redisKeys: max(every, select("redis_db_keys")),
  withoutRedis: sum(every, select("bot_cache_fallback_active")),
  jobs: max(["kind"], select("bot_jobs_waiting")),
  oldestJob: max(every, select("bot_jobs_oldest_age_seconds")),
  outbox: max(every, select("bot_outbox_pending")),
  oldestMessage: max(every, select("bot_outbox_oldest_age_seconds")),
  deadLetters: max(every, select("bot_dead_letters_waiting")),
  atTelegram: max(every, select("bot_telegram_pending_updates")),
  backupSuccess: max(["kind"], select("bot_backup_last_success_timestamp_seconds")),
  backupFailed: max(["kind"], select("bot_backup_failed")),
  backupSeconds: max(["kind"], select("bot_backup_duration_seconds")),
  backupBytes: max(["kind"], select("bot_backup_size_bytes")),
  breaker: max(every, select("bot_mentor_breaker_state")),
  builds: sum(["version", "source"], select("bot_build_info")),
} satisfies Record<string, Vector>;

const breakerStates = ["closed", "half-open", "open"] as const;

/** Who should have said it. */
const unsaid = (what: string, who: string): NotKnown =>
  new NotKnown(
    `Prometheus has no figures of ${what}`,
    `\`npm run logs -- ${who}\` says why; a stack that is new has them after a minute`,
  );

/** What the Prometheus at `base` last read of the stack, which is 15 s old at most. */
export function figuresAt(base: string): Figures {
  const prometheus = prometheusAt(base);
  const ask = (name: keyof typeof queries): Promise<Sampled[]> =>
    prometheus.instant(queries[name].text, Date.now() / 1000);
  const one = async (name: keyof typeof queries): Promise<number | undefined> =>
    (await ask(name))[0]?.values[0] ?? undefined;
  const byKind = async (name: keyof typeof queries): Promise<ReadonlyMap<string, number>> =>
    new Map((await ask(name)).map(({ labels, values }) => [labels["kind"] ?? "", values[0] ?? 0]));
  /** Those that are known, by their names. */
  async function known<K extends string>(
    wanted: Record<K, keyof typeof queries>,
  ): Promise<Partial<Record<K, number>>> {
    const pairs = await Promise.all(
      Object.entries<keyof typeof queries>(wanted).map(
        async ([key, name]) => [key, await one(name)] as const,
      ),
    );
    return Object.fromEntries(pairs.filter(([, value]) => value !== undefined)) as Partial<Record<K, number>>;
  }

  return {
    async database() {
      const { up, ...others } = await known({
        up: "postgresUp",
        connections: "connections",
        maxConnections: "maxConnections",
        bytes: "databaseBytes",
        longestTransaction: "longestTransaction",
      });
      if (up === undefined) throw unsaid("Postgres", "postgres-exporter");
      return { up: up === 1, ...(up === 1 ? others : {}) };
    },
    async redis() {
      const {
        up,
        replicasWithout = 0,
        ...others
      } = await known({
        up: "redisUp",
        replicasWithout: "withoutRedis",
        memoryBytes: "redisMemory",
        maxMemoryBytes: "redisMaxMemory",
        clients: "redisClients",
        keys: "redisKeys",
      });
      if (up === undefined) throw unsaid("Redis", "redis-exporter");
      return { up: up === 1, replicasWithout, ...(up === 1 ? others : {}) };
    },
    async queue() {
      const [jobs, { outbox, oldestJob = 0, oldestMessage = 0, deadLetters = 0, atTelegram }] =
        await Promise.all([
          byKind("jobs"),
          known({
            outbox: "outbox",
            oldestJob: "oldestJob",
            oldestMessage: "oldestMessage",
            deadLetters: "deadLetters",
            atTelegram: "atTelegram",
          }),
        ]);
      if (outbox === undefined) throw unsaid("the queue", "worker");
      return {
        jobs: Object.fromEntries([...jobs].filter(([, waiting]) => waiting > 0)),
        ...{ oldestJob, outbox, oldestMessage, deadLetters },
        ...(atTelegram === undefined ? {} : { atTelegram }),
      };
    },
    async backups() {
      const [success, failed, seconds, bytes] = await Promise.all([
        byKind("backupSuccess"),
        byKind("backupFailed"),
        byKind("backupSeconds"),
        byKind("backupBytes"),
      ]);
      return [...success].map(([kind, time]) => {
        const age = Date.now() / 1000 - time;
        const took = seconds.get(kind);
        return {
          kind,
          age,
          failed: failed.get(kind) === 1,
          // Before the first good one, its time is the birth of the database.
          ...(took === undefined ? {} : { last: { age, seconds: took, bytes: bytes.get(kind) ?? 0 } }),
        };
      });
    },
    async breakers() {
      const state = breakerStates[(await one("breaker")) ?? -1];
      if (state === undefined) throw unsaid("the mentor's breaker", "worker");
      return [{ name: "mentor", state }];
    },
    async builds() {
      return (await ask("builds")).map(({ labels: { version = "", source = "" }, values: [replicas] }) => ({
        ...{ version, source },
        replicas: replicas ?? 0,
      }));
    },
  };
}
