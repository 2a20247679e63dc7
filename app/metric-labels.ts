import { adminCommands, commands } from "./telegram/commands.ts";

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

/** Kinds of chat; `other` is one that Telegram may have some day. */
export const chatTypes = ["private", "group", "supergroup", "channel", "other"] as const;

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
  "dead_letter_stats",
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
  "backup_request",
  "backup_list",
  "job_add",
  "job_lease",
  "job_end",
  "job_stats",
  "check",
  "users_active",
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
  "admin_token",
  "audit",
  "health_history",
  "operation",
  "statistics",
  "job_admin",
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

/** The features of the bot, in the order in which they are asked. */
export const features = [
  "membership",
  "premium",
  // Before the questions of others: what an admin sends next may be the message to all.
  "broadcast",
  "mentor",
  "start",
  "profile",
  "search",
  "team",
  "team_actions",
  "invitations",
  "refund",
  "maintenance",
  "admin",
  "csv",
  "results",
  "settings",
  "my_data",
  "help",
  "unknown",
] as const;
export type Feature = (typeof features)[number];

/** What answers an update: a command, or the feature that a button or a message is for. */
export const handlers = [...[...commands, ...adminCommands].map((name) => `/${name}` as const), ...features];
export type Handler = (typeof handlers)[number];

/** How a handler ended. unavailable: it could not work, for want of the database; the update comes again. */
export const handlerOutcomes = ["ok", "error", "timeout", "unavailable"] as const;

/** What the workers do, by the kind of job. */
export const jobNames = [
  "purge",
  "inactive",
  "anonymise",
  "my_data",
  "csv",
  "premium",
  "refund",
  "broadcast",
  "invitations_expire",
  "invitations_remind",
  "mentor",
  "mentor-partitions",
  "audit",
] as const;

/** Spans of time in which people count as active. */
export const activeWindows = ["5m", "1h", "24h"] as const;
export type ActiveWindow = (typeof activeWindows)[number];

/** Paths that the bot answers; `api` are those of the admin API, `unknown` is any other. */
export const httpRoutes = ["/telegram", "/health", "/ready", "/metrics", "api", "unknown"] as const;
export const httpMethods = ["GET", "HEAD", "POST", "OTHER"] as const;
/** `other` is any that is not listed. */
export const httpCodes = [
  "200",
  "400",
  "401",
  "403",
  "404",
  "413",
  "415",
  "429",
  "500",
  "503",
  "other",
] as const;

/** What web replicas ask to write and to read, as the label `checked`. */
export const checkedServices = ["postgres", "redis"] as const;
/** Milliseconds above which such a check is slow. */
export const SLOW_MS = 5000;
