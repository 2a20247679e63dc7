import { randomUUID } from "node:crypto";
import type { RedisConnection } from "../cache/redis.ts";
import { cacheStats } from "../cache/stats.ts";
import { addMinutes, type Minute } from "../database/health-history.ts";
import type { Database } from "../database/pool.ts";
import type { Log } from "../log.ts";
import { checkedServices, SLOW_MS } from "../metric-labels.ts";
import type { Metrics } from "../metrics.ts";
import type { OperationWatch } from "../operation.ts";
import { every } from "../repeat.ts";

export type Service = (typeof checkedServices)[number];

/** What was found when a service was asked to write and to read. */
export interface Check {
  readonly at: Date;
  /** Milliseconds until it had answered, or failed. */
  readonly ms: number;
  /** Why it failed; undefined when it did not. */
  readonly error: string | undefined;
  /** What it says of itself. */
  readonly figures: Readonly<Record<string, number>>;
}

/** `slow` answers, and takes longer than it should; `unknown` is that of one that was not asked yet. */
export const healthStates = ["ok", "slow", "down", "unknown"] as const;

export function stateOf(check: Check | undefined): (typeof healthStates)[number] {
  if (check === undefined) return "unknown";
  if (check.error !== undefined) return "down";
  return check.ms > SLOW_MS ? "slow" : "ok";
}

/** Whether a service in this state takes something from the whole. */
export const isUnwell = (state: ReturnType<typeof stateOf>): boolean => state === "slow" || state === "down";

export interface Monitor {
  /** Asks all services now. Never throws. */
  check(): Promise<void>;
  /** The last check of a service; undefined before the first. */
  last(service: Service): Check | undefined;
  /** Asks as often as the operators say, until the signal is aborted. Never throws. */
  watch(signal: AbortSignal): Promise<void>;
}

/** Minutes that wait for the database at most: those of a day. */
const mostWaiting = 1440 * checkedServices.length;
/** Seconds for which the value that Redis is asked to write stays there. */
const probeSeconds = 10;

type Probe = () => Promise<{ readonly ms: number; readonly figures: Check["figures"] }>;

async function probePostgres({ query, pool }: Database): ReturnType<Probe> {
  const value = randomUUID();
  const began = performance.now();
  const [row] = await query<{ value: string; used: number; most: number }>(
    "probe",
    `INSERT INTO settings (key, value) VALUES ('probe', to_jsonb($1::text))
     ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = now()
     RETURNING value, (SELECT sum(numbackends)::int FROM pg_stat_database) AS used,
       current_setting('max_connections')::int AS most`,
    [value],
  );
  const ms = performance.now() - began;
  if (row?.value !== value) throw new Error("it did not give back what was written");
  const { used, idle, waiting, size } = pool();
  return {
    ms,
    figures: {
      pool_used: used,
      pool_idle: idle,
      pool_waiting: waiting,
      pool_size: size,
      server_connections: row.used,
      server_max_connections: row.most,
    },
  };
}

async function probeRedis(redis: RedisConnection): ReturnType<Probe> {
  const key = `v1:probe:${randomUUID()}`;
  const began = performance.now();
  const found = await redis.use(
    async (client) => {
      await client.set(key, key, "EX", probeSeconds);
      return client.get(key);
    },
    () => undefined,
  );
  const ms = performance.now() - began;
  if (found === undefined) throw new Error("it does not answer; memory stands in for it");
  if (found !== key) throw new Error("it did not give back what was written");
  const stats = await cacheStats(redis);
  if (stats === undefined) throw new Error("it does not say how it is");
  return {
    ms,
    figures: {
      memory_used_bytes: stats.usedBytes,
      memory_max_bytes: stats.maxBytes,
      connected_clients: stats.clients,
    },
  };
}

/**
 * Asks Postgres and Redis to write and to read. Every replica does: what one reaches, another may not. The history is that
 * of all of them; while the database is away it waits in memory, and is lost with the process.
 */
export function createMonitor(
  database: Database,
  redis: RedisConnection,
  operation: Pick<OperationWatch, "current">,
  metrics: Pick<Metrics, "serviceCheck">,
  log: Log,
): Monitor {
  const probes: Record<Service, Probe> = {
    postgres: () => probePostgres(database),
    redis: () => probeRedis(redis),
  };
  const latest = new Map<Service, Check>();
  const waiting = new Map<string, Minute>();
  let running: Promise<void> | undefined;

  async function look(service: Service): Promise<void> {
    const at = new Date();
    const began = performance.now();
    const check = await probes[service]().then(
      ({ ms, figures }) => ({ at, ms, error: undefined, figures }),
      (error: unknown) => ({
        at,
        ms: performance.now() - began,
        error: error instanceof Error ? error.message : String(error),
        figures: {},
      }),
    );
    latest.set(service, check);
    const { ms, error } = check;
    metrics.serviceCheck.set({ checked: service }, ms / 1000);
    if (error !== undefined || ms > SLOW_MS)
      log.warn({ service, ms: Math.round(ms), why: error ?? "it is slow" }, "a check of a service failed");
    note(service, check);
  }

  function note(service: Service, { at, ms, error }: Check): void {
    const minute = new Date(Math.floor(at.getTime() / 60_000) * 60_000);
    const key = `${service} ${minute.toISOString()}`;
    const before = waiting.get(key);
    if (before === undefined && waiting.size >= mostWaiting) return;
    waiting.set(key, {
      service,
      minute,
      checks: (before?.checks ?? 0) + 1,
      failures: (before?.failures ?? 0) + (error === undefined ? 0 : 1),
      totalMs: (before?.totalMs ?? 0) + ms,
      slowestMs: Math.max(before?.slowestMs ?? 0, ms),
    });
  }

  async function checkAll(): Promise<void> {
    await Promise.all(checkedServices.map(look));
    const minutes = [...waiting.values()];
    waiting.clear();
    await addMinutes(database.query, minutes).catch((error: unknown) => {
      for (const one of minutes) waiting.set(`${one.service} ${one.minute.toISOString()}`, one);
      log.warn({ err: error }, "the history of the checks waits for the database");
    });
  }

  // Those who ask meanwhile get the same.
  const check = (): Promise<void> => (running ??= checkAll().finally(() => (running = undefined)));

  return {
    check,
    last: (service) => latest.get(service),
    watch: (signal) => {
      let began = -Infinity;
      return every(1000, "checking the services", log, signal, async () => {
        const { on, seconds } = operation.current().monitoring;
        // What was found long ago says nothing.
        if (!on) metrics.serviceCheck.reset();
        if (!on || performance.now() - began < seconds * 1000) return;
        began = performance.now();
        await check();
      });
    },
  };
}
