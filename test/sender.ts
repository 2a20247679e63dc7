import { setTimeout as delay } from "node:timers/promises";

export interface SenderOptions {
  /** Address of the webhook. */
  readonly url: () => string;
  readonly secret: string;
  /** Called when nothing listens there any more. */
  readonly refused: () => Promise<void>;
}

export type Update = Readonly<Record<string, unknown>> & { readonly update_id: number };

export interface Acknowledged {
  readonly update: number;
  readonly person: number;
  /** Milliseconds of `performance.now()`. */
  readonly at: number;
}

export interface Sender {
  /** Delivers an update until it is acknowledged, after the earlier ones of the person. */
  send(person: number, update: Update): void;
  /** Whatever was acknowledged so far, in that order. */
  readonly acknowledged: readonly Acknowledged[];
  /** Answers so far, by status; `broken` is none at all. */
  readonly answers: Readonly<Record<string, number>>;
  /** Resolves when everything that was sent has been acknowledged. */
  settled(): Promise<void>;
}

/** Seconds after which Telegram gives up an attempt. */
const SILENCE = 60;

/** Delivers as Telegram does: one update of a person at a time, again until it is acknowledged, `Retry-After` obeyed. */
export function createSender({ url, secret, refused }: SenderOptions): Sender {
  const queues = new Map<number, Promise<void>>();
  const acknowledged: Acknowledged[] = [];
  const answers: Record<string, number> = {};
  const count = (answer: string): void => void (answers[answer] = (answers[answer] ?? 0) + 1);

  /** Milliseconds to wait before the next attempt; undefined when it was acknowledged. */
  async function attempt(body: string): Promise<number | undefined> {
    try {
      const response = await fetch(url(), {
        method: "POST",
        headers: { "content-type": "application/json", "x-telegram-bot-api-secret-token": secret },
        body,
        signal: AbortSignal.timeout(SILENCE * 1000),
      });
      await response.arrayBuffer();
      count(String(response.status));
      if (response.ok) return undefined;
      return 1000 * Math.max(1, Number(response.headers.get("retry-after") ?? 0));
    } catch (error) {
      count("broken");
      const { cause } = error instanceof Error ? error : {};
      if (cause instanceof Error && "code" in cause && cause.code === "ECONNREFUSED") await refused();
      return 1000;
    }
  }

  async function deliver(person: number, update: Update): Promise<void> {
    const body = JSON.stringify(update);
    for (;;) {
      const wait = await attempt(body);
      if (wait === undefined) break;
      await delay(wait);
    }
    acknowledged.push({ update: update.update_id, person, at: performance.now() });
  }

  return {
    send(person, update) {
      queues.set(
        person,
        (queues.get(person) ?? Promise.resolve()).then(() => deliver(person, update)),
      );
    },
    acknowledged,
    answers,
    settled: async () => {
      await Promise.all(queues.values());
    },
  };
}
