import type { MessageEntity } from "@grammyjs/types";
import type { Keyboard } from "./api/keyboard.ts";

const MOST_MESSAGES = 1000;

/** A message as the person sees it. */
export interface ChatMessage {
  readonly message_id: number;
  /** Grows with every change in any chat. */
  readonly rev: number;
  readonly from: "bot" | "person";
  readonly text: string;
  readonly entities: readonly MessageEntity[];
  /** The reply_markup of the Bot API. */
  readonly keyboard: Keyboard | null;
  /** Unix time in seconds. */
  readonly date: number;
  /** Unix time in seconds of the last edit of the text. */
  readonly edited?: number;
  /** Its text and keyboard are gone. */
  readonly deleted?: true;
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
    /** The newest message that is not deleted. */
    last: (): ChatMessage | undefined => [...messages.values()].findLast((m) => m.deleted !== true),
    remove(message: ChatMessage): ChatMessage {
      const { message_id, from, date } = message;
      return put({ message_id, from, date, text: "", entities: [], keyboard: null, deleted: true });
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
