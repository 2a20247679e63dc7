import type { Message, MessageEntity, MessageOrigin } from "@grammyjs/types";
import type { Keyboard } from "./api/keyboard.ts";

const MOST_MESSAGES = 1000;

/** What a message holds besides text, in the fields of the Bot API. */
export type Content = Pick<
  Message,
  | "photo"
  | "document"
  | "video"
  | "audio"
  | "voice"
  | "animation"
  | "invoice"
  | "successful_payment"
  | "refunded_payment"
  | "new_chat_members"
  | "left_chat_member"
>;

/** A message as people see it. */
export interface ChatMessage {
  readonly message_id: number;
  /** Grows with every change in any chat. */
  readonly rev: number;
  readonly from: "bot" | "person";
  /** Id of the user who wrote it. */
  readonly sender: number;
  /** The text, or the caption when there is content. */
  readonly text: string;
  readonly entities: readonly MessageEntity[];
  /** The reply_markup of the Bot API. */
  readonly keyboard: Keyboard | null;
  /** Unix time in seconds. */
  readonly date: number;
  /** Unix time in seconds of the last edit of what it holds. */
  readonly edited?: number;
  /** What it held is gone. */
  readonly deleted?: true;
  readonly content?: Content;
  /** The message that it answers. */
  readonly reply_to?: number;
  readonly forward_origin?: MessageOrigin;
  /** Chosen from what the bot offered in inline mode. */
  readonly via_bot?: true;
  /** The same for all pictures of an album. */
  readonly media_group_id?: string;
  /** Its invoice is paid. */
  readonly paid?: true;
  /** Emoji by the id of the user who put them there. */
  readonly reactions?: Readonly<Record<number, readonly string[]>>;
  /** The update that told the bot about it; null when the bot does not want such updates. */
  readonly update_id?: number | null;
}

/** The messages of one chat: the last 1000. */
export function createHistory(nextRevision: () => number) {
  const messages = new Map<number, ChatMessage>();
  const waiters = new Set<() => void>();
  let newest = 0;

  function put(message: Omit<ChatMessage, "rev">): ChatMessage {
    newest = nextRevision();
    const stored = { ...message, rev: newest };
    messages.set(stored.message_id, stored);
    if (messages.size > MOST_MESSAGES) {
      const [oldest] = messages.keys();
      if (oldest !== undefined) messages.delete(oldest);
    }
    for (const wake of [...waiters]) wake();
    return stored;
  }

  return {
    put,
    get: (id: number): ChatMessage | undefined => {
      const message = messages.get(id);
      return message?.deleted === true ? undefined : message;
    },
    /** The newest message in short, for a list of chats; null when there is none. */
    summary() {
      const last = [...messages.values()].findLast((m) => m.deleted !== true);
      if (last === undefined) return null;
      const { message_id, from, sender, date } = last;
      const [content] = Object.keys(last.content ?? {});
      return {
        message_id,
        from,
        sender,
        text: last.text.slice(0, 100),
        date,
        ...(content === undefined ? {} : { content }),
      };
    },
    remove(message: ChatMessage): ChatMessage {
      const { message_id, from, sender, date } = message;
      return put({ message_id, from, sender, date, text: "", entities: [], keyboard: null, deleted: true });
    },
    /** What changed after a revision, and the newest revision. */
    since(rev: number): { rev: number; messages: ChatMessage[] } {
      return { rev: Math.max(newest, 0), messages: [...messages.values()].filter((m) => m.rev > rev) };
    },
    /** Settles when there is something newer than `rev`, or `signal` aborts. */
    wait: (rev: number, signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        if (newest > rev || signal.aborted) {
          resolve();
          return;
        }
        const done = (): void => {
          waiters.delete(done);
          signal.removeEventListener("abort", done);
          resolve();
        };
        waiters.add(done);
        signal.addEventListener("abort", done);
      }),
  };
}

export type History = ReturnType<typeof createHistory>;
