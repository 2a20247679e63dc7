import { isIP } from "node:net";
import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../clock.ts";
import type { Faults } from "../faults/faults.ts";
import { connectHttp, type Target } from "./http.ts";
import { createPolling, type Poll } from "./polling.ts";
import {
  startScheduler,
  type Connection,
  type Outcome,
  type Parcel,
  type SchedulerOptions,
} from "./scheduler.ts";

/** So many undelivered updates are kept; a bot that is away for longer loses the simulator's patience. */
const MOST_PENDING = 100_000;

/** What a bot that polls answers, so to say. */
const POLLED: Outcome = {
  kind: "answer",
  status: 200,
  reason: "OK",
  retryAfter: 0,
  contentType: "",
  body: Buffer.alloc(0),
  keepAlive: true,
};

/** What setWebhook was given. */
export interface WebhookSettings extends Omit<Target, "url"> {
  readonly url: string;
  readonly maxConnections: number;
}

export interface WebhookOptions {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly random?: () => number;
  readonly connect?: (target: Target, closed: () => void) => Connection;
  readonly observer: Pick<SchedulerOptions, "sending" | "attempted"> & {
    acknowledged(parcel: Parcel, outcome: Outcome): void;
    dropped(parcel: Parcel, reason: "expired" | "dropped"): void;
    changed(): void;
  };
}

/** Keeps the updates that the bot has not acknowledged; delivers them while a webhook is set, else the bot polls. */
export function createWebhook({
  clock,
  faults,
  random = Math.random,
  connect = connectHttp,
  observer,
}: WebhookOptions) {
  const pending = new Map<number, Parcel>();
  let current:
    | {
        readonly settings: WebhookSettings;
        readonly stop: () => void;
        readonly add: (parcel: Parcel) => void;
        /** The IP address, once it is known. */
        readonly address: () => string | undefined;
      }
    | undefined;
  let lastError: { readonly at: number; readonly message: string } | undefined;

  const polling = createPolling(clock, {
    hasWebhook: () => current !== undefined,
    pending,
    sweep,
    confirm(parcel) {
      pending.delete(parcel.id);
      observer.acknowledged(parcel, POLLED);
    },
    drop(parcel) {
      pending.delete(parcel.id);
      observer.dropped(parcel, "dropped");
    },
    handOut(parcel) {
      observer.sending(parcel);
      observer.attempted(parcel, { at: clock.now(), ms: 0, outcome: POLLED });
    },
  });

  function start(settings: WebhookSettings): void {
    const target = { ...settings, url: new URL(settings.url) };
    let latest: Connection | undefined;
    const scheduler = startScheduler({
      clock,
      random,
      maxConnections: settings.maxConnections,
      connect: (closed) => (latest = connect(target, closed)),
      sending: observer.sending,
      attempted: observer.attempted,
      cut: ({ id }) => faults.active().cutDelivery?.({ update_id: id }) === true,
      acknowledged(parcel, outcome) {
        if (parcel.again === true) return;
        pending.delete(parcel.id);
        observer.acknowledged(parcel, outcome);
        if (faults.active().duplicate?.({ update_id: parcel.id }) === true) {
          scheduler.add({ ...parcel, again: true });
        }
      },
      expired(parcel) {
        if (parcel.again === true) return;
        pending.delete(parcel.id);
        observer.dropped(parcel, "expired");
      },
      failed(message) {
        lastError = { at: clock.now(), message };
      },
      gone() {
        stop();
        observer.changed();
      },
    });
    const host = target.url.hostname.replace(/^\[|\]$/g, "");
    const literal = settings.ipAddress ?? (isIP(host) > 0 ? host : undefined);
    current = {
      settings,
      stop: scheduler.stop,
      add: scheduler.add,
      address: () => literal ?? latest?.address(),
    };
    for (const parcel of [...pending.values()]) scheduler.add(parcel);
  }

  function stop(): void {
    current?.stop();
    current = undefined;
  }

  function dropPending(): void {
    for (const parcel of [...pending.values()]) observer.dropped(parcel, "dropped");
    pending.clear();
  }

  function sweep(): void {
    const now = clock.now();
    for (const parcel of [...pending.values()]) {
      if (parcel.expires >= now) continue;
      pending.delete(parcel.id);
      observer.dropped(parcel, "expired");
    }
  }

  return {
    /** Answers whether anything changed. Same settings leave what is under way alone, as at Telegram. */
    set(settings: WebhookSettings, drop: boolean): boolean {
      const same = settings.certificate === undefined && isDeepStrictEqual(current?.settings, settings);
      if (same && !drop) return false;
      stop();
      if (drop) dropPending();
      lastError = undefined;
      polling.endForWebhook();
      start(settings);
      observer.changed();
      return true;
    },
    /** Answers whether there was one. */
    remove(drop: boolean): boolean {
      const was = current !== undefined;
      stop();
      lastError = undefined;
      if (drop) dropPending();
      if (was) observer.changed();
      return was;
    },
    /** Forgets the undelivered updates; the webhook stays. */
    reset(): void {
      const settings = current?.settings;
      stop();
      dropPending();
      lastError = undefined;
      if (settings !== undefined) start(settings);
    },
    /** Whether one more update can be taken. */
    hasRoom(): boolean {
      if (pending.size >= MOST_PENDING) sweep();
      return pending.size < MOST_PENDING;
    },
    add: (parcel: Parcel): void => {
      pending.set(parcel.id, parcel);
      current?.add(parcel);
      polling.added(parcel);
    },
    poll(poll: Poll): ReturnType<typeof polling.poll> {
      const isNew = !polling.isActive();
      const updates = polling.poll(poll);
      if (isNew) observer.changed();
      return updates;
    },
    /** Oldest first. */
    undelivered: (): Parcel[] => [...pending.values()],
    isSet: (): boolean => current !== undefined,
    info() {
      // With a webhook the scheduler finds the expired ones itself.
      if (current === undefined) sweep();
      const { settings, address } = current ?? {};
      const isPolled = current === undefined && polling.isActive();
      return { settings, address: address?.(), isPolled, pending: pending.size, lastError };
    },
    stop,
  };
}

export type Webhook = ReturnType<typeof createWebhook>;
