import type { Chat, Message, MessageEntity, User, UserFromGetMe } from "@grammyjs/types";
import { isInline, type InlineKeyboard } from "./api/keyboard.ts";
import type { Clock } from "./clock.ts";
import { createCallbackQueries } from "./callback-queries.ts";
import { createCommands } from "./commands.ts";
import { chatOfConversation, type Conversation } from "./conversation.ts";
import { createWebhook, type WebhookOptions } from "./delivery/webhook.ts";
import { createEvents } from "./events.ts";
import { createFaults } from "./faults/faults.ts";
import { createFiles } from "./files.ts";
import { createGroups } from "./groups.ts";
import type { ChatMessage, Content } from "./history.ts";
import { createInline } from "./inline.ts";
import { createIds } from "./ids.ts";
import { createLedger } from "./ledger.ts";
import { createUsage } from "./openai/usage.ts";
import { createPayments } from "./payments.ts";
import { createPeople, userOf } from "./people.ts";
import { createProfile } from "./profile.ts";
import { createSink } from "./sink.ts";
import { createUpdates } from "./updates.ts";
import type { Outcome, Parcel } from "./delivery/scheduler.ts";

export interface WorldOptions {
  readonly clock: Clock;
  readonly bot: UserFromGetMe;
  /** Id of a group that is always there, in which the bot tells of alerts. @default there is none */
  readonly alertGroup?: number | undefined;
  /** Replaces the network in tests. */
  readonly connect?: WebhookOptions["connect"];
}

/** A message in the form of the Bot API. */
export interface ApiMessage extends Content {
  readonly message_id: number;
  readonly from: User;
  readonly chat: Chat.PrivateChat | Chat.SupergroupChat;
  readonly date: number;
  readonly edit_date?: number;
  readonly text?: string;
  readonly entities?: readonly MessageEntity[];
  readonly caption?: string;
  readonly caption_entities?: readonly MessageEntity[];
  readonly reply_markup?: InlineKeyboard;
  readonly reply_to_message?: ApiMessage;
  readonly forward_origin?: Message["forward_origin"];
  readonly via_bot?: User;
  readonly media_group_id?: string;
}

/** Everything that the simulator knows: people, messages, the bot's settings, updates under way. */
export function createWorld({ clock, bot, alertGroup, connect }: WorldOptions) {
  const events = createEvents();
  const faults = createFaults(clock, events);
  const ids = createIds(clock);
  const ledger = createLedger(clock, (update_id, reply) => events.publish("reply", { update_id, reply }));
  let revision = 0;
  const nextRevision = (): number => ++revision;
  const people = createPeople(ids.person, nextRevision);
  const groups = createGroups(ids.group, nextRevision, alertGroup);
  const files = createFiles(ids.file);
  const commands = createCommands();
  const sink = createSink();
  const aiUsage = createUsage();
  const callbackQueries = createCallbackQueries(clock);
  const payments = createPayments(clock);
  const inline = createInline(clock);
  const profile = createProfile(bot.first_name);
  /** Set by the Bot API, which executes calls that come in the answer to an update. */
  let executeReply: ((outcome: Outcome & { kind: "answer" }, update: number) => void) | undefined;

  const webhook = createWebhook({
    clock,
    faults,
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
  const updates = createUpdates({ clock, webhook, ledger, events, ids, faults });

  const webhookState = (): { url: string; polling: boolean; last_error?: string } => {
    const { settings, isPolled, lastError } = webhook.info();
    return {
      url: settings?.url ?? "",
      polling: isPolled,
      ...(lastError === undefined ? {} : { last_error: lastError.message }),
    };
  };

  /** Stores a new or changed message and tells everybody. */
  function put(conversation: Conversation, message: Omit<ChatMessage, "rev">): ChatMessage {
    const stored = conversation.history.put(message);
    events.publish("message", { chat_id: conversation.id, message: stored });
    return stored;
  }

  /** A stored message in the form of the Bot API. */
  function asMessage(conversation: Conversation, message: Omit<ChatMessage, "rev">): ApiMessage {
    const answered = message.reply_to === undefined ? undefined : conversation.history.get(message.reply_to);
    return {
      ...asSingleMessage(conversation, message),
      // As at Telegram, what the answered message answers is not told.
      ...(answered === undefined ? {} : { reply_to_message: asSingleMessage(conversation, answered) }),
    };
  }

  function asSingleMessage(conversation: Conversation, message: Omit<ChatMessage, "rev">): ApiMessage {
    const { message_id, date, text, edited, keyboard, content, forward_origin, media_group_id } = message;
    const entities = message.entities.length === 0 ? undefined : [...message.entities];
    const caption = {
      ...(text === "" ? {} : { caption: text }),
      ...(entities === undefined ? {} : { caption_entities: entities }),
    };
    return {
      message_id,
      from: userById(message.sender),
      chat: chatOfConversation(conversation),
      date,
      ...(edited === undefined ? {} : { edit_date: edited }),
      ...(forward_origin === undefined ? {} : { forward_origin }),
      ...(message.via_bot === undefined ? {} : { via_bot: botUser }),
      ...(media_group_id === undefined ? {} : { media_group_id }),
      ...(content === undefined
        ? { text, ...(entities === undefined ? {} : { entities }) }
        : { ...content, ...caption }),
      ...(isInline(keyboard) ? { reply_markup: keyboard } : {}),
    };
  }

  function userById(id: number): User {
    const person = people.get(id);
    // Somebody whom a reset has forgotten in between.
    if (person === undefined && id !== bot.id) return { id, is_bot: false, first_name: "Deleted Account" };
    return person === undefined ? botUser : userOf(person);
  }
  const botUser: User = { id: bot.id, is_bot: true, first_name: bot.first_name, username: bot.username };

  return {
    clock,
    bot,
    botUser,
    events,
    faults,
    aiUsage,
    ids,
    ledger,
    people,
    groups,
    files,
    /** The private chat or group of that id. */
    conversation: (id: number): Conversation | undefined => people.get(id) ?? groups.get(id),
    commands,
    sink,
    callbackQueries,
    payments,
    inline,
    profile,
    webhook,
    webhookState,
    updates,
    put,
    asMessage,
    userById,
    /** Unix time in seconds. */
    seconds: (): number => Math.floor(clock.now() / 1000),
    onReply(execute: NonNullable<typeof executeReply>): void {
      executeReply = execute;
    },
    /** Forgets people, messages, updates and counts. The bot's webhook and commands stay: it set them at its start. */
    reset(): void {
      webhook.reset();
      ledger.reset();
      faults.reset();
      aiUsage.reset();
      people.reset();
      groups.reset();
      files.reset();
      callbackQueries.reset();
      payments.reset();
      inline.reset();
      sink.clear();
      events.publish("reset", {});
    },
  };
}

export type World = ReturnType<typeof createWorld>;
