import { FIRST_PERSON, personOf } from "../../loadtest/k6/lib/people.ts";
import type { Happening } from "../../loadtest/oracle.ts";
import { systemClock } from "../../simulator/clock.ts";
import { connectHttp } from "../../simulator/delivery/http.ts";
import { startScheduler, type Outcome } from "../../simulator/delivery/scheduler.ts";
import { until } from "../support/wait.ts";

/** What Telegram's webhook opens at most. */
const CONNECTIONS = 100;
const DAY_MS = 86_400_000;

export interface Sent extends Happening {
  /** When it was due, and when it was acknowledged; milliseconds of `performance.now()`. */
  readonly due: number;
  acknowledged?: number;
}

export interface Failure {
  /** Milliseconds of `performance.now()`. */
  readonly at: number;
  /** Such as "429", or the words of getWebhookInfo for a connection that broke. */
  readonly what: string;
}

export interface Load {
  /** Every update so far, in the order of sending. */
  readonly sent: readonly Sent[];
  /** Every attempt that was not answered 2xx. */
  readonly failures: readonly Failure[];
  /** Changes the secret that is sent. */
  secret(value: string): void;
  /** Sends nothing new; resolves when all is acknowledged, or when that takes longer than `patience` milliseconds. */
  end(patience: number): Promise<void>;
}

interface Options {
  readonly webhook: string;
  readonly secret: string;
  readonly people: number;
  /** Updates a second. */
  readonly rate: number;
  /** Between 0 and 1; decides the longest pauses between two attempts. */
  readonly dice: () => number;
}

/** A press on the button that changes whether the person looks for others, back and forth: one effect, two messages. */
function press(id: number, person: number): string {
  const from = { id: person, is_bot: false, first_name: "Somebody", language_code: "en" };
  const chat = { id: person, type: "private", first_name: "Somebody" };
  const message = { message_id: 1, chat, date: Math.floor(Date.now() / 1000), text: "profile" };
  return JSON.stringify({
    update_id: id,
    callback_query: { id: String(id), from, message, chat_instance: String(person), data: "edit:searching" },
  });
}

const failureOf = (outcome: Outcome): string | undefined => {
  if (outcome.kind === "broken") return outcome.error;
  return outcome.status >= 200 && outcome.status <= 299 ? undefined : String(outcome.status);
};

/** Sends updates at a steady rate, whatever the bot does, by the rules by which Telegram delivers. */
export function startLoad({ webhook, secret, people, rate, dice }: Options): Load {
  // A million ids for each second since 1970: no run meets the ids of an earlier one.
  const first = Date.now() * 1000;
  const start = performance.now();
  const sent: Sent[] = [];
  const failures: Failure[] = [];
  let secretToken = secret;
  let open = 0;
  const scheduler = startScheduler({
    clock: systemClock,
    random: dice,
    maxConnections: CONNECTIONS,
    connect: (closed) => {
      const url = new URL(webhook);
      return connectHttp({ url, secretToken, ipAddress: undefined, certificate: undefined }, closed);
    },
    sending: () => undefined,
    attempted: (_parcel, { outcome }) => {
      const what = failureOf(outcome);
      if (what !== undefined) failures.push({ at: performance.now(), what });
    },
    acknowledged: ({ id }) => {
      const update = sent[id - first];
      if (update === undefined) return;
      update.acknowledged = performance.now();
      open -= 1;
    },
    expired: () => undefined,
    failed: () => undefined,
    cut: () => false,
    gone: () => undefined,
  });
  const timer = setInterval(() => {
    // What a late timer missed is caught up with.
    for (let due = start + (sent.length / rate) * 1000; due <= performance.now(); due += 1000 / rate) {
      const id = first + sent.length;
      const chat = FIRST_PERSON + personOf(sent.length, people);
      sent.push({ id, chat, due });
      open += 1;
      scheduler.add({ id, queue: chat, body: press(id, chat), expires: systemClock.now() + DAY_MS });
    }
  }, 5);

  return {
    sent,
    failures,
    secret(value) {
      secretToken = value;
    },
    async end(patience) {
      clearInterval(timer);
      await until("all updates are acknowledged", () => open === 0, patience).catch(() => undefined);
      scheduler.stop();
    },
  };
}
