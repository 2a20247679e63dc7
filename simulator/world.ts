import type { Chat, MessageEntity, User, UserFromGetMe } from "@grammyjs/types";
import { isInline, type InlineKeyboard } from "./api/keyboard.ts";
import type { Clock } from "./clock.ts";
import { createCallbackQueries } from "./callback-queries.ts";
import { createCommands } from "./commands.ts";
import { createWebhook, type WebhookOptions } from "./delivery/webhook.ts";
import { createEvents } from "./events.ts";
import type { ChatMessage } from "./history.ts";
import { createIds } from "./ids.ts";
import { createLedger } from "./ledger.ts";
import { chatOf, createPeople, userOf, type Person } from "./people.ts";
import { createSink } from "./sink.ts";
import { createUpdates } from "./updates.ts";
import type { Outcome, Parcel } from "./delivery/scheduler.ts";

export interface WorldOptions {
  readonly clock: Clock;
  readonly bot: UserFromGetMe;
  /** Replaces the network in tests. */
  readonly connect?: WebhookOptions["connect"];
}

/** A text message in the form of the Bot API. */
export interface ApiMessage {
  readonly message_id: number;
  readonly from: User;
  readonly chat: Chat.PrivateChat;
  readonly date: number;
  readonly edit_date?: number;
  readonly text: string;
  readonly entities?: readonly MessageEntity[];
  readonly reply_markup?: InlineKeyboard;
}

/** Everything that the simulator knows: people, messages, the bot's settings, updates under way. */
export function createWorld({ clock, bot, connect }: WorldOptions) {
  const events = createEvents();
  const ids = createIds(clock);
  const ledger = createLedger(clock, (update_id, reply) => events.publish("reply", { update_id, reply }));
  const people = createPeople(ids.person);
  const commands = createCommands();
  const sink = createSink();
  const callbackQueries = createCallbackQueries(clock);
  /** Set by the Bot API, which executes calls that come in the answer to an update. */
  let executeReply: ((outcome: Outcome & { kind: "answer" }, update: number) => void) | undefined;

  const webhook = createWebhook({
    clock,
    ...(connect === undefined ? {} : { connect }),
    observer: {
      sending: ({ id }) => ledger.sending(id),
      attempted({ id }, attempt) {
        ledger.attempted(id, attempt);
        const { at, ms, outcome } = attempt;
        const status = outcome.kind === "answer" ? outcome.status : outcome.error;
        events.publish("attempt", { update_id: id, at, ms, status });
      },
      acknowledged({ id }: Parcel, outcome) {
        const entry = ledger.acknowledged(id);
        if (outcome.kind === "answer" && outcome.body.length > 0) executeReply?.(outcome, id);
        events.publish("acknowledged", { update_id: id, at: entry?.acknowledged });
      },
      dropped({ id }, reason) {
        ledger.dropped(id, reason);
        events.publish("dropped", { update_id: id, reason });
      },
      changed: () => events.publish("webhook", webhookState()),
    },
  });
  const updates = createUpdates({ clock, webhook, ledger, events, ids });

  const webhookState = (): { url: string; last_error?: string } => {
    const { settings, lastError } = webhook.info();
    return {
      url: settings?.url ?? "",
      ...(lastError === undefined ? {} : { last_error: lastError.message }),
    };
  };

  /** Stores a new or changed message and tells everybody. */
  function put(person: Person, message: Omit<ChatMessage, "rev">): ChatMessage {
    const stored = person.history.put(message);
    events.publish("message", { chat_id: person.id, message: stored });
    return stored;
  }

  /** A stored message in the form of the Bot API. */
  function asMessage(person: Person, message: ChatMessage): ApiMessage {
    const { message_id, date, text, edited, keyboard } = message;
    return {
      message_id,
      from: message.from === "bot" ? botUser : userOf(person),
      chat: chatOf(person),
      date,
      ...(edited === undefined ? {} : { edit_date: edited }),
      text,
      ...(message.entities.length === 0 ? {} : { entities: [...message.entities] }),
      ...(isInline(keyboard) ? { reply_markup: keyboard } : {}),
    };
  }
  const botUser: User = { id: bot.id, is_bot: true, first_name: bot.first_name, username: bot.username };

  return {
    clock,
    bot,
    botUser,
    events,
    ids,
    ledger,
    people,
    commands,
    sink,
    callbackQueries,
    webhook,
    webhookState,
    updates,
    put,
    asMessage,
    /** Unix time in seconds. */
    seconds: (): number => Math.floor(clock.now() / 1000),
    onReply(execute: NonNullable<typeof executeReply>): void {
      executeReply = execute;
    },
    /** Forgets people, messages, updates and counts. The bot's webhook and commands stay: it set them at its start. */
    reset(): void {
      webhook.reset();
      ledger.reset();
      people.reset();
      callbackQueries.reset();
      sink.clear();
      events.publish("reset", {});
    },
  };
}

export type World = ReturnType<typeof createWorld>;
