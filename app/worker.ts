import type { RedisConnection } from "./cache/redis.ts";
import { cacheStats } from "./cache/stats.ts";
import { certificateLeft } from "./certificate.ts";
import type { WorkerConfig } from "./config.ts";
import { backupStats } from "./database/backup-runs.ts";
import { countDeadLetters } from "./database/dead-letters.ts";
import { jobStats } from "./database/jobs.ts";
import { outboxStats, dueChats } from "./database/outbox.ts";
import type { Database } from "./database/pool.ts";
import { countActive } from "./database/users.ts";
import { jobKinds, schedules } from "./jobs/kinds.ts";
import { runJobs } from "./jobs/runner.ts";
import { intervalOf, lastSuccesses } from "./jobs/schedule-status.ts";
import { makeDueJobs } from "./jobs/schedule.ts";
import type { Log } from "./log.ts";
import type { Mentor } from "./mentor/mentor.ts";
import type { Metrics } from "./metrics.ts";
import { every } from "./repeat.ts";
import type { Role } from "./role.ts";
import type { Services } from "./services.ts";
import type { TelegramApi } from "./telegram/api.ts";
import type { WebhookInfo } from "./telegram/registration.ts";
import type { Sender } from "./telegram/sender.ts";

interface Options {
  readonly database: Database;
  readonly api: TelegramApi;
  readonly mentor: Mentor | undefined;
  readonly redis: RedisConnection;
  readonly sender: Sender;
  readonly register: () => Promise<WebhookInfo | undefined>;
  readonly metrics: Metrics;
  readonly config: Pick<WorkerConfig, "backups" | "gatewayTls" | "telegram">;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Chats that are sent to at the same time. */
const parallel = 8;

/** Sends what no web replica sent, and returns how many chats had something. */
export async function sweep(database: Database, sender: Sender, signal?: AbortSignal): Promise<number> {
  const chats = await dueChats(database, 100);
  const queue = chats.values();
  const lane = async () => {
    for (const chat of queue) {
      if (signal?.aborted === true) return;
      await sender.sendWaiting(chat, 0);
    }
  };
  await Promise.all(Array.from({ length: parallel }, lane));
  return chats.length;
}

/** The role that does what can wait; `start` returns what stops it. */
export function createWorker(config: WorkerConfig, services: Services, log: Log): Role {
  return {
    monitor: undefined,
    api: undefined,
    start: () => {
      const stopping = new AbortController();
      const { operation } = services;
      const running = Promise.all([
        runWorker({ ...services, config, log, signal: stopping.signal }),
        operation.watch(stopping.signal),
      ]);
      return Promise.resolve(async () => {
        services.health.drain();
        stopping.abort();
        await running;
      });
    },
  };
}

/** Runs the recurring work until the signal is aborted; resolves when the last of it has ended. */
export async function runWorker(options: Options): Promise<void> {
  const { database, redis, api, mentor, sender, register, metrics, config, log, signal } = options;
  const { backups, gatewayTls } = config;
  /** Slots of the schedules that jobs were made for. */
  const made = new Map<string, number>();
  for (const schedule of schedules)
    metrics.scheduleInterval.set({ kind: schedule.kind }, intervalOf(schedule));
  await Promise.all([
    every(500, "sending waiting messages", log, signal, async () => {
      // A backlog is worked off without a pause.
      while ((await sweep(database, sender, signal)) > 0 && !signal.aborted);
    }),
    every(5000, "counting the outbox", log, signal, async () => {
      const { pending, oldest } = await outboxStats(database);
      metrics.outboxPending.set(pending);
      metrics.outboxOldestAge.set(oldest);
    }),
    every(60_000, "checking the registration", log, signal, async () => {
      const info = await register();
      if (info === undefined) return;
      metrics.telegramPendingUpdates.set(info.pending);
      metrics.telegramWebhookLastError.set(info.lastError);
    }),
    every(60_000, "counting people", log, signal, async () => {
      for (const [window, people] of Object.entries(await countActive(database)))
        metrics.activeUsers.set({ window }, people);
    }),
    every(15_000, "counting the dead letters", log, signal, async () => {
      metrics.deadLettersWaiting.set(await countDeadLetters(database));
    }),
    every(15_000, "looking at the schedules", log, signal, async () => {
      for (const { kind, at } of await lastSuccesses(database.query, schedules))
        metrics.scheduleLastSuccess.set({ kind }, at);
    }),
    every(60_000, "looking at the backups", log, signal, async () => {
      for (const { kind, lastSuccess, failed, seconds, bytes } of await backupStats(database, backups)) {
        metrics.backupLastSuccess.set({ kind }, lastSuccess);
        metrics.backupFailed.set({ kind }, failed ? 1 : 0);
        if (seconds !== undefined) metrics.backupDuration.set({ kind }, seconds);
        if (bytes !== undefined) metrics.backupSize.set({ kind }, bytes);
      }
    }),
    every(60_000, "looking at the certificate", log, signal, async () => {
      if (gatewayTls === undefined) return;
      const host = new URL(config.telegram.webhookUrl).hostname;
      const left = await certificateLeft(gatewayTls, host).catch((error: unknown) => {
        metrics.certificateLeft.set({ host }, 0);
        throw error;
      });
      metrics.certificateLeft.set({ host }, left / 1000);
    }),
    every(300_000, "looking at the cache", log, signal, async () => {
      const stats = await cacheStats(redis);
      if (stats !== undefined) log.info(stats, "the cache");
    }),
    runJobs({ database, api, mentor, sender, kinds: jobKinds, metrics, log, signal }),
    every(5000, "making scheduled jobs", log, signal, () =>
      makeDueJobs(database, schedules, new Date(), made),
    ),
    every(5000, "counting the jobs", log, signal, async () => {
      for (const { kind, waiting, oldest } of await jobStats(
        database,
        jobKinds.map((one) => one.kind),
      )) {
        metrics.jobsWaiting.set({ kind }, waiting);
        metrics.jobsOldestAge.set({ kind }, oldest);
      }
    }),
  ]);
}
