import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { policyNames } from "./cache/policies.ts";

/** Kinds of update, as the label `type`. */
export const updateTypes = [
  "message",
  "command",
  "callback_query",
  "pre_checkout_query",
  "my_chat_member",
  "other",
] as const;
export type UpdateType = (typeof updateTypes)[number];

/**
 * How an update ended.
 * ok: effects committed. duplicate: done before, nothing repeated. ignored: not for us (groups, unknown kinds).
 * throttled: over the person's limit. error: the handler failed and the person was told. timeout: the handler
 * took too long and the person was told. unavailable: given back to Telegram (429), it will come again.
 * dead: given up after repeated failures and kept in the dead letters. maintenance: answered with the line of the
 * maintenance, and not done.
 */
export const updateOutcomes = [
  "ok",
  "duplicate",
  "ignored",
  "throttled",
  "error",
  "timeout",
  "unavailable",
  "dead",
  "maintenance",
] as const;
export type UpdateOutcome = (typeof updateOutcomes)[number];

/** Every database operation has a name here; a new statement starts by being listed. */
export const operations = [
  "begin",
  "commit",
  "probe",
  "dead_letter",
  "outbox_claim",
  "outbox_done",
  "outbox_stats",
  "receipts_purge",
  "registration",
  "user_create",
  "user_update",
  "profile_search",
  "search_people",
  "popular_skills",
  "popular_cities",
  "city_people",
  "backup_stats",
  "job_add",
  "job_lease",
  "job_end",
  "job_stats",
  "check",
  "users_inactive",
  "users_anonymise",
  "file_add",
  "file_read",
  "file_purge",
  "my_data",
  "maintenance",
  "broadcast_count",
  "broadcast_next",
  "broadcast_read",
  "broadcast_write",
  "user_plan",
  "job_note",
  "csv_read",
  "csv_write",
  "payment_check",
  "payment_add",
  "payment_list",
  "payment_refund",
  "premium_end",
  "team_lock",
  "team_read",
  "team_write",
  "invitation_read",
  "invitation_write",
  "invitations_expire",
  "invitations_remind",
  "mentor_partitions",
  "mentor_read",
  "mentor_write",
] as const;
export type Operation = (typeof operations)[number];

/**
 * How a try of a job ended. retried: it failed and comes again. failed: it failed for good. lost: it was cancelled, or
 * its lease was over and another worker has it.
 */
export const jobOutcomes = ["done", "retried", "failed", "lost"] as const;
export type JobOutcome = (typeof jobOutcomes)[number];

/**
 * How a question to the mentor's endpoint ended. answered. timeout: no answer in time. unavailable: not reached, or 5xx.
 * limited: 429. refused: any other 4xx. unreadable: no chat completion. rejected: not asked, the breaker was open.
 */
export const mentorOutcomes = [
  "answered",
  "timeout",
  "unavailable",
  "limited",
  "refused",
  "unreadable",
  "rejected",
] as const;
export type MentorOutcome = (typeof mentorOutcomes)[number];

/** The Bot API methods that the bot calls. */
export const apiMethods = [
  "getMe",
  "getWebhookInfo",
  "setWebhook",
  "setMyCommands",
  "sendMessage",
  "editMessageText",
  "answerCallbackQuery",
  "sendDocument",
  "sendPhoto",
  "deleteMessage",
  "getFile",
  "sendInvoice",
  "refundStarPayment",
  "copyMessage",
  "sendChatAction",
] as const;
export type ApiMethod = (typeof apiMethods)[number];

/** Codes of Bot API answers; `network` is no answer at all, `other` any code that is not listed. */
export const apiCodes = [
  "200",
  "400",
  "401",
  "403",
  "404",
  "409",
  "429",
  "500",
  "502",
  "503",
  "network",
  "other",
] as const;

type Labels = Readonly<Record<string, readonly string[]>>;
interface Definition {
  readonly type: "counter" | "gauge" | "histogram";
  readonly name: string;
  readonly help: string;
  /** Label names with the values that are known beforehand and start at 0; empty when only use shows them. */
  readonly labels: Labels;
  /** Upper bounds of a histogram, in seconds. */
  readonly buckets?: readonly number[];
}

const definitions = {
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
    labels: { chat_type: ["private", "group", "supergroup", "channel"] },
  },
  updateDuration: {
    type: "histogram",
    name: "bot_update_duration_seconds",
    help: "Time from the arrival of an update to its acknowledgement",
    labels: { type: updateTypes },
    // 1 is the alert, 3 and 5 are the load targets, 8 is the handler's limit.
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 10],
  },
  httpRequestDuration: {
    type: "histogram",
    name: "bot_http_request_duration_seconds",
    help: "Time to answer an HTTP request",
    labels: { route: [], method: [], code: [] },
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
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
    labels: {},
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15],
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
    labels: { operation: operations, outcome: ["ok", "error", "timeout"] },
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
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
    labels: { kind: [], outcome: [] },
  },
  jobDuration: {
    type: "histogram",
    name: "bot_job_duration_seconds",
    help: "Time of a try of a job (only workers report it)",
    labels: { kind: [] },
    // 10 and 15 are the limits of downloading and sending a file.
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60, 300],
  },
  jobsWaiting: {
    type: "gauge",
    name: "bot_jobs_waiting",
    help: "Jobs that are due and that nobody does yet (only workers report it)",
    labels: { kind: [] },
  },
  jobsOldestAge: {
    type: "gauge",
    name: "bot_jobs_oldest_age_seconds",
    help: "Time for which the oldest waiting job is due, 0 without one (only workers report it)",
    labels: { kind: [] },
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
  backupAge: {
    type: "gauge",
    name: "bot_backup_age_seconds",
    help:
      "Time since a backup, or a restore drill, ended well; since the database was made while none has " +
      "(only the worker reports it, where backups are made)",
    labels: { kind: [] },
  },
  backupDuration: {
    type: "gauge",
    name: "bot_backup_duration_seconds",
    help: "Time that the last good backup, or restore drill, took (only the worker reports it)",
    labels: { kind: [] },
  },
  backupSize: {
    type: "gauge",
    name: "bot_backup_size_bytes",
    help: "Size of the last good backup, or of the one that the last good drill restored (only the worker reports it)",
    labels: { kind: [] },
  },
  certificateLeft: {
    type: "gauge",
    name: "bot_webhook_certificate_left_seconds",
    help:
      "Time until the certificate ends that the gateway shows, negative afterwards, 0 while it shows none " +
      "(only workers report it, where the gateway ends TLS)",
    labels: { host: [] },
  },
  buildInfo: {
    type: "gauge",
    name: "bot_build_info",
    help: "Always 1; the version is in the label",
    labels: { version: [] },
  },
} as const satisfies Record<string, Definition>;

type Definitions = typeof definitions;
type LabelNames<D extends Definition> = Extract<keyof D["labels"], string>;
type Instrument<D extends Definition> = D["type"] extends "counter"
  ? Counter<LabelNames<D>>
  : D["type"] extends "gauge"
    ? Gauge<LabelNames<D>>
    : Histogram<LabelNames<D>>;

export interface MetricDescription {
  readonly name: string;
  readonly type: Definition["type"];
  readonly help: string;
  readonly labelNames: readonly string[];
}

/** What the bot exposes besides prom-client's metrics of the process; reading it has no side effect. */
export const metricList: readonly MetricDescription[] = Object.values<Definition>(definitions).map(
  ({ name, type, help, labels }) => ({ name, type, help, labelNames: Object.keys(labels) }),
);

/** Names of the metrics, for tools that refer to them. */
export type MetricName = Definitions[keyof Definitions]["name"];

export type Metrics = { readonly [K in keyof Definitions]: Instrument<Definitions[K]> } & {
  readonly registry: Registry;
};

/** Every combination of the known label values; none when a label has no known values. */
function combinations(labels: Labels): Record<string, string>[] {
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (sofar, [name, values]) => sofar.flatMap((set) => values.map((value) => ({ ...set, [name]: value }))),
    [{}],
  );
}

/** Makes all metrics in a registry of their own, known label values at 0 so that rates see the first event. */
export function createMetrics(version: string): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });

  const base = <D extends Definition>({ name, help, labels }: D) => ({
    name,
    help,
    labelNames: Object.keys(labels) as LabelNames<D>[],
    registers: [registry],
  });
  const counter = <D extends Definition>(definition: D) => {
    const made = new Counter<LabelNames<D>>(base(definition));
    for (const labels of combinations(definition.labels)) made.inc(labels, 0);
    return made;
  };
  const gauge = <D extends Definition>(definition: D) => new Gauge<LabelNames<D>>(base(definition));
  const histogram = <D extends Definition & { buckets: readonly number[] }>(definition: D) => {
    const made = new Histogram<LabelNames<D>>({ ...base(definition), buckets: [...definition.buckets] });
    for (const labels of combinations(definition.labels)) made.zero(labels);
    return made;
  };

  const metrics: Metrics = {
    registry,
    updates: counter(definitions.updates),
    messagesReceived: counter(definitions.messagesReceived),
    updateDuration: histogram(definitions.updateDuration),
    httpRequestDuration: histogram(definitions.httpRequestDuration),
    updatesInFlight: gauge(definitions.updatesInFlight),
    throttled: counter(definitions.throttled),
    telegramApiRequests: counter(definitions.telegramApiRequests),
    telegramApiDuration: histogram(definitions.telegramApiDuration),
    telegramPendingUpdates: gauge(definitions.telegramPendingUpdates),
    telegramWebhookLastError: gauge(definitions.telegramWebhookLastError),
    dbPoolConnections: gauge(definitions.dbPoolConnections),
    dbPoolMaxConnections: gauge(definitions.dbPoolMaxConnections),
    dbPoolWaiting: gauge(definitions.dbPoolWaiting),
    dbQueryDuration: histogram(definitions.dbQueryDuration),
    outboxPending: gauge(definitions.outboxPending),
    outboxOldestAge: gauge(definitions.outboxOldestAge),
    receiptsDuplicates: counter(definitions.receiptsDuplicates),
    deadLetters: counter(definitions.deadLetters),
    cacheLookups: counter(definitions.cacheLookups),
    cacheDuration: histogram(definitions.cacheDuration),
    cacheFallbackActive: gauge(definitions.cacheFallbackActive),
    jobs: counter(definitions.jobs),
    jobDuration: histogram(definitions.jobDuration),
    jobsWaiting: gauge(definitions.jobsWaiting),
    jobsOldestAge: gauge(definitions.jobsOldestAge),
    mentorRequests: counter(definitions.mentorRequests),
    mentorDuration: histogram(definitions.mentorDuration),
    mentorTokens: counter(definitions.mentorTokens),
    mentorBreaker: gauge(definitions.mentorBreaker),
    backupAge: gauge(definitions.backupAge),
    backupDuration: gauge(definitions.backupDuration),
    backupSize: gauge(definitions.backupSize),
    certificateLeft: gauge(definitions.certificateLeft),
    buildInfo: gauge(definitions.buildInfo),
  };
  metrics.buildInfo.set({ version }, 1);
  return metrics;
}
