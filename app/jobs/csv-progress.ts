import { z } from "zod";
import type { Database } from "../database/pool.ts";
import { messageOptions } from "../features/say.ts";
import type { TelegramApi } from "../telegram/api.ts";
import { escape, shorten, type Translate } from "../telegram/texts.ts";
import { InlineKeyboard } from "grammy";

/** Milliseconds between two edits; Telegram takes about one a second in a chat. */
const pauseMs = 2000;

const sentMessage = z.object({ message_id: z.number() });

interface Options {
  readonly job: number;
  readonly userId: number;
  readonly name: string;
  /** The message, if an earlier try sent it. */
  readonly message: number | undefined;
  readonly api: TelegramApi;
  readonly database: Database;
  readonly t: Translate;
  /** Throws when the job is not ours any more. */
  readonly check: () => Promise<void>;
}

export interface Progress {
  /** The message that tells it; undefined when it could not be sent. */
  readonly message: number | undefined;
  /** Shows how much is done, from 0 to 1; most calls come too early and do nothing. */
  show(share: number): Promise<void>;
  /** Resolves when no edit is under way. */
  settled(): Promise<void>;
}

/**
 * Tells in one message how far a file is. The message's id is kept with the job, so that another try goes on with the
 * same one.
 */
export async function startProgress(options: Options): Promise<Progress> {
  const { job, userId, api, database, t, check } = options;
  const name = escape(shorten(options.name, 60));
  const payload = (share: number) => ({
    chat_id: userId,
    text: t("csv-reading", { name, percent: Math.round(share * 100) }),
    ...messageOptions(new InlineKeyboard().text(t("csv-cancel"), `csv:cancel:${job}`)),
  });

  let message = options.message;
  if (message === undefined) {
    const answer = await api.call("sendMessage", JSON.stringify(payload(0)));
    if (answer.ok) message = sentMessage.safeParse(answer.result).data?.message_id;
    if (message !== undefined) {
      await database.query("job_note", "UPDATE jobs SET payload = payload || $2 WHERE id = $1", [
        job,
        { message },
      ]);
    }
  }

  let next = performance.now() + pauseMs;
  let edit: Promise<void> | undefined;
  return {
    message,
    show: async (share) => {
      if (performance.now() < next) return;
      next = performance.now() + pauseMs;
      await check();
      if (message === undefined || edit !== undefined) return;
      edit = api
        .call("editMessageText", JSON.stringify({ ...payload(share), message_id: message }))
        .then((answer) => {
          if (!answer.ok && answer.retryAfter !== undefined)
            next = performance.now() + answer.retryAfter * 1000;
          edit = undefined;
        });
    },
    settled: () => edit ?? Promise.resolve(),
  };
}
