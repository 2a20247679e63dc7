import type { Alert, Threshold } from "../catalogue.ts";
import { absent, below, breach, either, max, select, sum } from "../promql.ts";
import { value } from "./text.ts";

const role = { job: "bot", role: "worker" };
const workersUp = sum(["job", "role"], select("up", role));

// Only workers measure the outbox and Telegram's queue, each of them the whole; web replicas report 0.
export const outboxAge = max(["job"], select("bot_outbox_oldest_age_seconds"));
export const outboxAgeLimit: Threshold = { unit: "seconds", is: "above", value: 60 };
export const pendingUpdates = max(["job"], select("bot_telegram_pending_updates"));
export const pendingUpdatesLimit: Threshold = { unit: "count", is: "above", value: 100 };

export const deadLetters = max(["job"], select("bot_dead_letters_waiting"));
export const deadLettersLimit: Threshold = { unit: "count", is: "above", value: 0.5 };

const labels = { job: "bot" };
const jobs = (key: string) => ({ board: "jobs", key });
const gauge = (name: string, samples: string) => ({
  [`${name}{job="bot",instance="worker-0",role="worker",replica="0"}`]: samples,
});

/** What the worker does, and what it alone knows. */
export const workerAlerts: readonly Alert[] = [
  {
    name: "WorkerDown",
    service: "bot",
    severity: "warning",
    expr: either(below(workersUp, 1), absent(select("up", role), ["job", "role"])),
    for: "5m",
    summary: "No worker of the bot answers",
    description:
      "What could not be sent at once is not sent again, and nobody watches the outbox, the webhook's registration, the " +
      "certificate and the backups: their alerts are blind. Start with the log of the worker.",
    normal: "all configured workers up",
    inhibits: ["OutboxStale", "JobsOverdue", "QueueGrowing", "ScheduleStale"],
    fires: [
      {
        when: "it stops answering",
        samples: gauge("up", "1x4 0x60"),
        from: "75s",
        labels: role,
        summary: "No worker of the bot answers",
      },
      {
        when: "none is known to service discovery, for lack of a node that takes it",
        samples: { 'up{job="bot",instance="web-0",role="web"}': "1x60" },
        from: "0s",
        labels: role,
        summary: "No worker of the bot answers",
      },
    ],
    quiet: [
      {
        when: "one of two is left",
        samples: {
          ...gauge("up", "0x60"),
          'up{job="bot",instance="worker-1",role="worker",replica="1"}': "1x60",
        },
        at: ["10m"],
      },
      { when: "it is replaced", samples: gauge("up", "1x4 0x12 1x40"), at: ["5m", "10m"] },
    ],
  },
  {
    name: "OutboxStale",
    service: "bot",
    severity: "warning",
    expr: breach(outboxAge, outboxAgeLimit),
    for: "2m",
    summary: `An answer has been waiting for ${value("seconds")} to be sent`,
    description:
      "Effects are saved but their messages do not go out. Either the worker is down, or Telegram refuses or " +
      "delays our calls.",
    normal: "below 5 s",
    threshold: outboxAgeLimit,
    panel: jobs("outbox"),
    fires: [
      {
        when: "the oldest message is 90 s old and ages on",
        samples: gauge("bot_outbox_oldest_age_seconds", "0x3 90x60"),
        from: "60s",
        labels,
        summary: "An answer has been waiting for 1m 30s to be sent",
      },
    ],
    quiet: [
      {
        when: "messages leave after a minute",
        samples: gauge("bot_outbox_oldest_age_seconds", "60x60"),
        at: ["10m"],
      },
      { when: "nothing waits", samples: gauge("bot_outbox_oldest_age_seconds", "0x60"), at: ["10m"] },
    ],
  },
  {
    name: "TelegramPendingUpdatesHigh",
    service: "bot",
    severity: "warning",
    expr: breach(pendingUpdates, pendingUpdatesLimit),
    for: "5m",
    summary: `${value("count")} updates wait at Telegram`,
    description:
      "Telegram cannot deliver as fast as people write: the webhook fails, is slow, or its address is wrong.",
    normal: "0 to 10",
    threshold: pendingUpdatesLimit,
    panel: { board: "bot", key: "pending" },
    fires: [
      {
        when: "150 updates wait",
        samples: gauge("bot_telegram_pending_updates", "0x3 150x60"),
        from: "60s",
        labels,
        summary: "150 updates wait at Telegram",
      },
    ],
    quiet: [
      { when: "exactly 100 wait", samples: gauge("bot_telegram_pending_updates", "100x60"), at: ["10m"] },
      { when: "nothing waits", samples: gauge("bot_telegram_pending_updates", "0x60"), at: ["10m"] },
    ],
  },
  {
    name: "DeadLettersWaiting",
    service: "bot",
    severity: "warning",
    expr: breach(deadLetters, deadLettersLimit),
    for: "1m",
    summary: `Updates that were given up wait for somebody: ${value("count")}`,
    description:
      "They failed five times with the database there, each on its own: a defect that one message, one press or one person " +
      "sets off. Those people were told that something broke.",
    normal: "0",
    threshold: deadLettersLimit,
    panel: jobs("dead-letters"),
    fires: [
      {
        when: "one was given up",
        samples: gauge("bot_dead_letters_waiting", "0x3 1x60"),
        from: "60s",
        labels,
        summary: "Updates that were given up wait for somebody: 1",
      },
    ],
    quiet: [
      {
        when: "it was looked after at once",
        samples: gauge("bot_dead_letters_waiting", "0x3 1x3 0x60"),
        at: ["2m", "5m"],
      },
      { when: "none waits", samples: gauge("bot_dead_letters_waiting", "0x60"), at: ["5m"] },
    ],
  },
];
