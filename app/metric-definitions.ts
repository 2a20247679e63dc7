import { policyNames } from "./cache/policies.ts";
import { backupKinds } from "./config.ts";
import {
  activeWindows,
  apiCodes,
  apiMethods,
  chatTypes,
  handlerOutcomes,
  handlers,
  httpCodes,
  httpMethods,
  httpRoutes,
  jobNames,
  jobOutcomes,
  mentorOutcomes,
  operations,
  updateOutcomes,
  updateTypes,
  checkedServices,
} from "./metric-labels.ts";

/** The values that a label may have; `configured` is one per process, from its configuration or build. */
type Values = readonly string[] | "configured";
export type Labels = Readonly<Record<string, Values>>;
export interface Definition {
  readonly type: "counter" | "gauge" | "histogram";
  readonly name: string;
  readonly help: string;
  /** Every value is known, so the number of series has a bound. Counters start at 0 for all of them. */
  readonly labels: Labels;
  /** A histogram that starts at 0 for all label values, as counters do. @default a series appears with its first event */
  readonly fromStart?: true;
  /** Upper bounds of a histogram, in seconds. */
  readonly buckets?: readonly number[];
}

/** Every metric of the bot besides those of the process. */
export const definitions = {
  updates: {
    type: "counter",
    name: "bot_updates_total",
    help: "Updates of the Bot API by kind and by how they ended",
    labels: { type: updateTypes, outcome: updateOutcomes },
  },
  messagesReceived: {
    type: "counter",
    name: "bot_messages_received_total",
    help: "Messages received, by kind of chat",
    labels: { chat_type: chatTypes },
  },
  updateDuration: {
    type: "histogram",
    name: "bot_update_duration_seconds",
    help: "Time from the arrival of an update to its acknowledgement",
    labels: { type: updateTypes },
    // A promise is about it.
    fromStart: true,
    // 1 is the alert, 3 and 5 are the load targets, 8 is the handler's limit.
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 10],
  },
  handled: {
    type: "counter",
    name: "bot_handled_total",
    help: "Runs of handlers by command, or by feature for buttons and messages, and by how they ended",
    labels: { handler: handlers, outcome: handlerOutcomes },
  },
  handlerDuration: {
    type: "histogram",
    name: "bot_handler_duration_seconds",
    help: "Time of a handler, without what comes before and the commit",
    labels: { handler: handlers },
    buckets: [0.005, 0.025, 0.1, 0.5, 1, 3, 8],
  },
  httpRequestDuration: {
    type: "histogram",
    name: "bot_http_request_duration_seconds",
    help: "Time to answer an HTTP request",
    labels: { route: httpRoutes, method: httpMethods, code: httpCodes },
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10],
  },
  updatesInFlight: {
    type: "gauge",
    name: "bot_updates_in_flight",
    help: "Updates being worked on right now",
    labels: {},
  },
  throttled: {
    type: "counter",
    name: "bot_throttled_total",
    help: "Updates turned away: user = over the person's rate limit, in_flight = the replica is full",
    labels: { limit: ["user", "in_flight"] },
  },
  telegramApiRequests: {
    type: "counter",
    name: "bot_telegram_api_requests_total",
    help: "Calls to the Bot API by method and answer",
    labels: { method: apiMethods, code: apiCodes },
  },
  telegramApiDuration: {
    type: "histogram",
    name: "bot_telegram_api_duration_seconds",
    help: "Time of a call to the Bot API, including the wait for a free socket",
    labels: { method: apiMethods },
    // 5 and 15 are the limits of a call and of an upload.
    buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
  },
  telegramPendingUpdates: {
    type: "gauge",
    name: "bot_telegram_pending_updates",
    help: "Updates that wait at Telegram for delivery (only workers report it)",
    labels: {},
  },
  telegramWebhookLastError: {
    type: "gauge",
    name: "bot_telegram_webhook_last_error_timestamp_seconds",
    help: "Unix time of the last delivery that Telegram saw fail, 0 for never (only workers report it)",
    labels: {},
  },
  dbPoolConnections: {
    type: "gauge",
    name: "bot_db_pool_connections",
    help: "Open connections of the Postgres pool",
    labels: { state: ["used", "idle"] },
  },
  dbPoolMaxConnections: {
    type: "gauge",
    name: "bot_db_pool_max_connections",
    help: "Size of the Postgres pool",
    labels: {},
  },
  dbPoolWaiting: {
    type: "gauge",
    name: "bot_db_pool_waiting",
    help: "Callers waiting for a connection of the Postgres pool",
    labels: {},
  },
  dbQueryDuration: {
    type: "histogram",
    name: "bot_db_query_duration_seconds",
    help: "Time of a round trip to Postgres by operation",
    labels: { operation: operations },
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
  },
  dbQueryFailures: {
    type: "counter",
    name: "bot_db_query_failures_total",
    help: "Round trips to Postgres that failed, by operation; timeout: a limit of the server or of ours was reached",
    labels: { operation: operations, outcome: ["error", "timeout"] },
  },
  dbPoolWait: {
    type: "histogram",
    name: "bot_db_pool_wait_seconds",
    help: "Time until a connection of the Postgres pool was there",
    labels: {},
    // 5 is the limit.
    buckets: [0.001, 0.01, 0.1, 0.5, 1, 5],
  },
  outboxPending: {
    type: "gauge",
    name: "bot_outbox_pending",
    help: "Messages committed but not sent yet (only workers report it)",
    labels: {},
  },
  outboxOldestAge: {
    type: "gauge",
    name: "bot_outbox_oldest_age_seconds",
    help: "Age of the oldest message that is not sent yet, 0 without one (only workers report it)",
    labels: {},
  },
  receiptsDuplicates: {
    type: "counter",
    name: "bot_receipts_duplicates_total",
    help: "Deliveries of an update that was already done",
    labels: {},
  },
  deadLetters: {
    type: "counter",
    name: "bot_dead_letters_total",
    help: "Updates given up after repeated failures",
    labels: {},
  },
  deadLettersWaiting: {
    type: "gauge",
    name: "bot_dead_letters_waiting",
    help: "Updates that were given up and that nobody has looked after (only workers report it)",
    labels: {},
  },
  cacheLookups: {
    type: "counter",
    name: "bot_cache_lookups_total",
    help: "Lookups of cached values by what is cached, and whether it was there",
    labels: { policy: policyNames, result: ["hit", "miss"] },
  },
  cacheDuration: {
    type: "histogram",
    name: "bot_cache_duration_seconds",
    help: "Time to look a cached value up, in Redis or while it is away in memory",
    labels: { policy: policyNames },
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.2],
  },
  cacheFallbackActive: {
    type: "gauge",
    name: "bot_cache_fallback_active",
    help: "1 while Redis is away and memory stands in for it",
    labels: {},
  },
  jobs: {
    type: "counter",
    name: "bot_jobs_total",
    help: "Tries of jobs by kind and by how they ended (only workers report it)",
    labels: { kind: jobNames, outcome: jobOutcomes },
  },
  jobDuration: {
    type: "histogram",
    name: "bot_job_duration_seconds",
    help: "Time of a try of a job (only workers report it)",
    labels: { kind: jobNames },
    // 10 and 15 are the limits of downloading and sending a file.
    buckets: [0.05, 0.25, 1, 5, 10, 15, 30, 60, 300],
  },
  jobsWaiting: {
    type: "gauge",
    name: "bot_jobs_waiting",
    help: "Jobs that are due and that nobody does yet (only workers report it)",
    labels: { kind: jobNames },
  },
  jobsOldestAge: {
    type: "gauge",
    name: "bot_jobs_oldest_age_seconds",
    help: "Time for which the oldest waiting job is due, 0 without one (only workers report it)",
    labels: { kind: jobNames },
  },
  scheduleLastSuccess: {
    type: "gauge",
    name: "bot_schedule_last_success_timestamp_seconds",
    help:
      "Unix time at which a scheduled job last ended well; that of the database's birth while none has " +
      "(only workers report it)",
    labels: { kind: jobNames },
  },
  scheduleInterval: {
    type: "gauge",
    name: "bot_schedule_interval_seconds",
    help: "Time between two runs of a scheduled job (only workers report it)",
    labels: { kind: jobNames },
  },
  mentorRequests: {
    type: "counter",
    name: "bot_mentor_requests_total",
    help: "Requests to the mentor's endpoint by how they ended (only workers report it)",
    labels: { outcome: mentorOutcomes },
  },
  mentorDuration: {
    type: "histogram",
    name: "bot_mentor_duration_seconds",
    help: "Time of a request to the mentor's endpoint (only workers report it)",
    labels: {},
    // 30 is the limit.
    buckets: [0.25, 0.5, 1, 2.5, 5, 10, 15, 20, 30],
  },
  mentorTokens: {
    type: "counter",
    name: "bot_mentor_tokens_total",
    help: "Tokens that the mentor's endpoint counted: of what was sent, and of its answers (only workers report it)",
    labels: { part: ["prompt", "answer"] },
  },
  mentorBreaker: {
    type: "gauge",
    name: "bot_mentor_breaker_state",
    help: "Breaker before the mentor's endpoint: 0 closed, 1 half open, 2 open (only workers report it)",
    labels: {},
  },
  backupLastSuccess: {
    type: "gauge",
    name: "bot_backup_last_success_timestamp_seconds",
    help:
      "Unix time at which a backup, or a restore drill, last ended well; that of the database's birth while none has " +
      "(only workers report it, where backups are made)",
    labels: { kind: backupKinds },
  },
  backupFailed: {
    type: "gauge",
    name: "bot_backup_failed",
    help: "1 when the newest backup, or restore drill, failed (only workers report it)",
    labels: { kind: backupKinds },
  },
  backupDuration: {
    type: "gauge",
    name: "bot_backup_duration_seconds",
    help: "Time that the last good backup, or restore drill, took (only the worker reports it)",
    labels: { kind: backupKinds },
  },
  backupSize: {
    type: "gauge",
    name: "bot_backup_size_bytes",
    help: "Size of the last good backup, or of the one that the last good drill restored (only the worker reports it)",
    labels: { kind: backupKinds },
  },
  certificateLeft: {
    type: "gauge",
    name: "bot_webhook_certificate_left_seconds",
    help:
      "Time until the certificate ends that the gateway shows, negative afterwards, 0 while it shows none " +
      "(only workers report it, where the gateway ends TLS)",
    labels: { host: "configured" },
  },
  activeUsers: {
    type: "gauge",
    name: "bot_active_users",
    help: "People who wrote or pressed something within the time (only workers report it)",
    labels: { window: activeWindows },
  },
  maintenance: {
    type: "gauge",
    name: "bot_maintenance_mode",
    help: "1 while people are told of a maintenance instead of being answered (only web replicas report it)",
    labels: {},
  },
  serviceCheck: {
    type: "gauge",
    name: "bot_service_check_seconds",
    help: "Time that the last check took to write to and read from a service (only web replicas report it, while they check)",
    labels: { checked: checkedServices },
  },
  buildInfo: {
    type: "gauge",
    name: "bot_build_info",
    help: "Always 1; what runs is in the labels: the version, and a hash of the sources",
    labels: { version: "configured", source: "configured" },
  },
} as const satisfies Record<string, Definition>;
