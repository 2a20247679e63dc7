import { setTimeout as pause } from "node:timers/promises";
import { down, fault, series, type Recipe } from "../recipe.ts";
import { talk } from "../traffic.ts";

const OLD = "now() - interval '10 minutes'";

/** It takes the breaker a minute to try again, and two answers to close. */
const CLOSES_MS = 100_000;

const mentorAway: Recipe = {
  how: "fault",
  cause: "the mentor's API answers 500",
  inject: async ({ stack }) => {
    await stack.faults({ openai: { server_errors: 1 } });
    const stop = await talk(stack, 20, 8000, () => "/ask what is a lean canvas?");
    return async () => {
      await stack.faults({});
      // Good answers are needed to close it: people go on asking.
      void pause(CLOSES_MS).then(stop);
    };
  },
};

/** What workers do, and what they alone see. */
export const workRecipes: Readonly<Record<string, Recipe>> = {
  WorkerDown: down("the worker is ended", ["worker-0"]),
  JobsOverdue: fault(
    "a job is due for ten minutes, and a trigger keeps workers from taking it",
    ({ stack }) =>
      stack.sql(
        "CREATE FUNCTION fault_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
        "CREATE TRIGGER fault_keep BEFORE UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION fault_keep()",
        `INSERT INTO jobs (kind, key, run_at) VALUES ('purge', 'fault', ${OLD})`,
      ),
    ({ stack }) => stack.sql("DELETE FROM jobs WHERE key = 'fault'", "DROP FUNCTION fault_keep CASCADE"),
  ),
  OutboxStale: fault(
    "a message is ten minutes old, and whoever leased it does not send it",
    ({ stack }) =>
      stack.sql(
        `INSERT INTO outbox (chat_id, method, payload, leased_until, created_at)
         VALUES (1, 'sendMessage', '{}', now() + interval '1 hour', ${OLD})`,
      ),
    ({ stack }) => stack.sql("DELETE FROM outbox WHERE chat_id = 1"),
    { quiet: true },
  ),
  TelegramPendingUpdatesHigh: {
    how: "fault",
    cause: "people write faster than the bot, which takes 5 s for each update, can be told",
    inject: async ({ stack }) => {
      await stack.sql(
        "CREATE FUNCTION fault_sleep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(5); RETURN NEW; END $$",
        "CREATE TRIGGER fault_sleep BEFORE INSERT ON receipts FOR EACH ROW EXECUTE FUNCTION fault_sleep()",
      );
      const writers = await stack.people(30);
      await Promise.all(writers.flatMap((write) => Array.from({ length: 10 }, () => write("/help"))));
      // It asks Telegram at its start, and once a minute.
      stack.kill("worker-0");
      return async () => {
        await stack.sql("DROP FUNCTION fault_sleep CASCADE");
        stack.kill("worker-0");
      };
    },
    alsoFires: [
      "BotDbPoolExhausted",
      "BotErrorBudgetBurnsFast",
      "BotLatencyBudgetBurnsFast",
      "GatewayErrorRateHigh",
    ],
  },
  QueueGrowing: series("60 more jobs wait each second", {
    'bot_jobs_waiting{job="other-bot",instance="other",role="worker",kind="csv"}': { perSecond: 60 },
  }),
  JobsFailing: series("a third of the jobs of a kind fails", {
    'bot_jobs_total{job="other-bot",instance="other",role="worker",kind="csv",outcome="done"}': {
      perSecond: 2,
    },
    'bot_jobs_total{job="other-bot",instance="other",role="worker",kind="csv",outcome="failed"}': {
      perSecond: 1,
    },
  }),
  ScheduleStale: series("a schedule of five minutes never ended well", {
    'bot_schedule_last_success_timestamp_seconds{job="other-bot",instance="other",role="worker",kind="csv"}': 0,
    'bot_schedule_interval_seconds{job="other-bot",instance="other",role="worker",kind="csv"}': 300,
  }),
  DeadLettersWaiting: fault(
    "an update was given up",
    ({ stack }) =>
      stack.sql("INSERT INTO dead_letters (update_id, user_id, body, error) VALUES (1, 1, '{}', 'fault')"),
    ({ stack }) => stack.sql("DELETE FROM dead_letters WHERE update_id = 1"),
    { quiet: true },
  ),
  MentorBreakerOpen: { ...mentorAway, alsoFires: ["MentorBreakerStuckOpen"] },
  MentorBreakerStuckOpen: mentorAway,
};
