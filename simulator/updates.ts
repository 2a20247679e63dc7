import type { Clock } from "./clock.ts";
import type { Webhook } from "./delivery/webhook.ts";
import type { Events } from "./events.ts";
import type { Ledger } from "./ledger.ts";
import type { Ids } from "./ids.ts";

export type UpdateType = "message" | "callback_query" | "my_chat_member";

interface Rules {
  /** Seconds until the update is given up. */
  readonly life: number;
  /** Added to the user's id, so that each kind of update has a queue of its own. */
  readonly queue: number;
}

/** Lives and queues of Telegram's Client.cpp. */
const rules: Readonly<Record<UpdateType, Rules>> = {
  message: { life: 86_400, queue: 0 },
  callback_query: { life: 150, queue: 3 * 2 ** 33 },
  my_chat_member: { life: 86_400, queue: 5 * 2 ** 33 },
};

/** These come only when they are named in allowed_updates. */
const onRequest = new Set(["chat_member", "message_reaction", "message_reaction_count"]);

export interface UpdatesOptions {
  readonly clock: Clock;
  readonly webhook: Webhook;
  readonly ledger: Ledger;
  readonly events: Events;
  readonly ids: Ids;
}

/** Turns what people do into updates for the bot. */
export function createUpdates({ clock, webhook, ledger, events, ids }: UpdatesOptions) {
  /** Empty means all but those on request. */
  let allowed: readonly string[] = [];

  return {
    allowed: () => allowed,
    allow(types: readonly string[]): void {
      allowed = types;
    },
    /** The id of the new update, or null when the bot does not want such updates. */
    create(
      type: UpdateType,
      content: object,
      about: { chatId: number; userId: number; summary: string },
    ): number | null {
      if (allowed.length === 0 ? onRequest.has(type) : !allowed.includes(type)) return null;
      const id = ids.update();
      const created = clock.now();
      const entry = ledger.created({
        update_id: id,
        type,
        chat_id: about.chatId,
        summary: about.summary,
        created,
      });
      events.publish("update", entry);
      const { life, queue } = rules[type];
      webhook.add({
        id,
        queue: (type === "message" ? about.chatId : about.userId) + queue,
        body: JSON.stringify({ update_id: id, [type]: content }),
        expires: created + life * 1000,
      });
      return id;
    },
  };
}

export type Updates = ReturnType<typeof createUpdates>;
