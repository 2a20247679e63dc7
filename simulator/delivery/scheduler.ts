import type { Clock } from "../clock.ts";
import { connectionLimit } from "./connection-limit.ts";

/*
 * The rules by which Telegram delivers updates to a webhook, without network and real time. Their source is
 * WebhookActor.cpp of tdlib/telegram-bot-api; the numbers below are the ones it uses.
 */
const FIRST_DELAY_S = 1;
const LONGEST_DELAY_S = 60;
const LONGEST_RETRY_AFTER_S = 3600;
/** So long after the last success a webhook counts as alive, and gets more than one connection. */
const ALIVE_MS = 10_000;
const GONE_MS = 23 * 3600_000;

/** One update on its way. */
export interface Parcel {
  readonly id: number;
  /** Updates of one queue are delivered in order, one at a time. */
  readonly queue: number;
  readonly body: string;
  /** Milliseconds since the epoch; not delivered after that. */
  readonly expires: number;
  /** It was delivered before: a fault on purpose. */
  readonly again?: true;
}

/** What became of one POST. */
export type Outcome =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly reason: string;
      /** Seconds, from the Retry-After header; 0 when there is none. */
      readonly retryAfter: number;
      readonly contentType: string;
      readonly body: Buffer;
      /** The connection stays open for the next update. */
      readonly keepAlive: boolean;
    }
  | { readonly kind: "broken"; readonly error: string };

export interface Connection {
  /** With `cut`, the connection is broken as soon as the request is sent. */
  post(body: string, cut: boolean): Promise<Outcome>;
  close(): void;
  /** The other side's IP address; undefined before there was a connection. */
  address(): string | undefined;
}

export interface Attempt {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly ms: number;
  readonly outcome: Outcome;
}

export interface SchedulerOptions {
  readonly clock: Clock;
  readonly maxConnections: number;
  /** Between 0 and 1; decides the longest delays. */
  readonly random: () => number;
  /** Opens a connection; `closed` is called when the other side closes it while it is idle. */
  readonly connect: (closed: () => void) => Connection;
  readonly sending: (parcel: Parcel) => void;
  readonly attempted: (parcel: Parcel, attempt: Attempt) => void;
  /** The bot answered 2xx. */
  readonly acknowledged: (parcel: Parcel, outcome: Outcome) => void;
  /** The parcel is too old, and is given up. */
  readonly expired: (parcel: Parcel) => void;
  /** An attempt failed, in the words of getWebhookInfo. */
  readonly failed: (message: string) => void;
  /** Whether the connection breaks after this update was sent: a fault on purpose. */
  readonly cut: (parcel: Parcel) => boolean;
  /** 23 hours of 410 Gone: the webhook is to be removed. */
  readonly gone: () => void;
}

export interface Scheduler {
  readonly add: (parcel: Parcel) => void;
  /** Closes the connections. Unacknowledged parcels are the caller's to deliver again. */
  readonly stop: () => void;
}

interface Queue {
  readonly id: number;
  readonly parcels: { parcel: Parcel; loaded: number }[];
  /** Both belong to the first parcel. */
  delay: number;
  fails: number;
  wake: number;
}

/** Whether an answer means that the bot has taken the update. */
const isOk = (outcome: Outcome): boolean =>
  outcome.kind === "answer" && outcome.status >= 200 && outcome.status <= 299;

const failure = (outcome: Outcome): string =>
  outcome.kind === "broken"
    ? outcome.error
    : `Wrong response from the webhook: ${outcome.status} ${outcome.reason}`.trim();

export function startScheduler(options: SchedulerOptions): Scheduler {
  const { clock, maxConnections } = options;
  // Queues are loaded while there are fewer than this; the rest waits. So a bot that fails on many chats
  // gets no updates of others either, as at Telegram.
  const maxQueues = maxConnections * 2;
  const whileAlive = connectionLimit(10, 500);
  const whileSilent = connectionLimit(1, 2000);

  let unloaded: Parcel[] = [];
  let firstUnloaded = 0;
  const queues = new Map<number, Queue>();
  /** Queues with nothing in flight, by wake and then id. */
  const waiting: Queue[] = [];
  const connections = new Set<Connection>();
  const idle: Connection[] = [];
  let lastSuccess = -Infinity;
  let firstGone: number | undefined;
  let stopped = false;
  let cancelTimer: (() => void) | undefined;

  const enlist = (queue: Queue): void => {
    const after = waiting.findIndex((q) => q.wake > queue.wake || (q.wake === queue.wake && q.id > queue.id));
    waiting.splice(after < 0 ? waiting.length : after, 0, queue);
  };

  function load(now: number): void {
    while (queues.size < maxQueues) {
      const parcel = unloaded[firstUnloaded];
      if (parcel === undefined) break;
      firstUnloaded++;
      if (parcel.expires < now) {
        options.expired(parcel);
        continue;
      }
      const queue = queues.get(parcel.queue);
      if (queue !== undefined) {
        queue.parcels.push({ parcel, loaded: now });
        continue;
      }
      const fresh: Queue = {
        id: parcel.queue,
        parcels: [{ parcel, loaded: now }],
        delay: FIRST_DELAY_S,
        fails: 0,
        wake: now,
      };
      queues.set(fresh.id, fresh);
      enlist(fresh);
    }
    if (firstUnloaded > 1000) {
      unloaded = unloaded.slice(firstUnloaded);
      firstUnloaded = 0;
    }
  }

  /** Drops the first parcel of a queue, which is not among the waiting ones. */
  function shift(queue: Queue): void {
    queue.parcels.shift();
    const next = queue.parcels[0];
    if (next === undefined) {
      queues.delete(queue.id);
      return;
    }
    queue.delay = FIRST_DELAY_S;
    queue.fails = 0;
    queue.wake = next.loaded;
    enlist(queue);
  }

  /** Opens what is needed and allowed; answers when more will be allowed. */
  function openConnections(now: number): number {
    const alive = lastSuccess + ALIVE_MS >= now;
    const limit = alive ? whileAlive : whileSilent;
    const wanted = alive ? Math.max(1, Math.min(queues.size, maxConnections)) : Math.min(1, queues.size);
    while (connections.size < wanted) {
      const allowed = limit.allowedAt(now);
      if (allowed > now) return allowed;
      limit.add(now);
      const connection = options.connect(() => {
        connections.delete(connection);
        const index = idle.indexOf(connection);
        if (index >= 0) idle.splice(index, 1);
      });
      connections.add(connection);
      idle.push(connection);
    }
    return Infinity;
  }

  /** Sends what can be sent; answers when the next queue is due. */
  function send(now: number): number {
    for (;;) {
      const queue = waiting[0];
      if (queue === undefined) return Infinity;
      if (queue.wake > now) return queue.wake;
      const parcel = queue.parcels[0]?.parcel;
      const connection = idle.at(-1);
      if (parcel === undefined || connection === undefined) return Infinity;
      waiting.shift();
      idle.pop();
      options.sending(parcel);
      void connection
        .post(parcel.body, options.cut(parcel))
        .then((outcome) => finish(queue, parcel, connection, now, outcome));
    }
  }

  function finish(queue: Queue, parcel: Parcel, connection: Connection, at: number, outcome: Outcome): void {
    if (stopped) return;
    const now = clock.now();
    if (outcome.kind === "answer" && outcome.keepAlive) {
      idle.push(connection);
    } else {
      connections.delete(connection);
      connection.close();
    }
    options.attempted(parcel, { at, ms: now - at, outcome });
    if (isOk(outcome)) {
      lastSuccess = now;
      firstGone = undefined;
      shift(queue);
      options.acknowledged(parcel, outcome);
    } else {
      options.failed(failure(outcome));
      retry(queue, parcel, now, outcome);
    }
    loop();
  }

  function retry(queue: Queue, parcel: Parcel, now: number, outcome: Outcome): void {
    if (outcome.kind === "answer") {
      if (outcome.status !== 410) firstGone = undefined;
      else if (firstGone === undefined) firstGone = now;
      else if (now > firstGone + GONE_MS) {
        options.gone();
        return;
      }
    }
    const asked = outcome.kind === "answer" ? outcome.retryAfter : 0;
    let delay = Math.min(Math.max(0, asked), LONGEST_RETRY_AFTER_S);
    // The first failure is retried at once.
    if (delay === 0 && queue.fails > 0) {
      const longest = LONGEST_DELAY_S * (1 + options.random());
      queue.delay = Math.min(longest, queue.delay * 2);
      delay = queue.delay;
    }
    if (now + delay * 1000 > parcel.expires) {
      shift(queue);
      options.expired(parcel);
      return;
    }
    queue.fails++;
    queue.wake = now + delay * 1000;
    enlist(queue);
  }

  function loop(): void {
    if (stopped) return;
    cancelTimer?.();
    cancelTimer = undefined;
    const now = clock.now();
    load(now);
    const moreConnections = openConnections(now);
    const wake = Math.min(moreConnections, send(now));
    if (wake < Infinity) cancelTimer = clock.at(wake, loop);
  }

  return {
    add(parcel) {
      unloaded.push(parcel);
      loop();
    },
    stop() {
      stopped = true;
      cancelTimer?.();
      for (const connection of connections) connection.close();
    },
  };
}
