import type { Clock } from "./clock.ts";
import type { Webhook } from "./delivery/webhook.ts";
import type { Events } from "./events.ts";
import type { Faults } from "./faults/faults.ts";
import type { Ledger } from "./ledger.ts";
import type { Ids } from "./ids.ts";
import { isWanted, queueAndLife, type Subject, type UpdateType } from "./update-rules.ts";

export interface UpdatesOptions {
  readonly clock: Clock;
  readonly webhook: Webhook;
  readonly ledger: Ledger;
  readonly events: Events;
  readonly ids: Ids;
  readonly faults: Faults;
}

/** Turns what people do into updates for the bot. */
export function createUpdates({ clock, webhook, ledger, events, ids, faults }: UpdatesOptions) {
  /** Empty means all but those on request. */
  let allowed: readonly string[] = [];

  return {
    allowed: () => allowed,
    allow(types: readonly string[]): void {
      allowed = types;
    },
    /** The id of the new update, or null when the bot does not want such updates. */
    create(type: UpdateType, content: object, about: Subject & { readonly summary: string }): number | null {
      if (!isWanted(type, allowed)) return null;
      const { idJump, randomId } = faults.active();
      if (idJump?.({ type }) === true) ids.jumpUpdates(randomId);
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
      const { life, queue } = queueAndLife(type, about);
      webhook.add({
        id,
        queue,
        body: JSON.stringify({ update_id: id, [type]: content }),
        expires: created + life * 1000,
      });
      return id;
    },
  };
}

export type Updates = ReturnType<typeof createUpdates>;
