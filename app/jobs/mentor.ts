import { InlineKeyboard } from "grammy";
import { z } from "zod";
import { callTo, type Call } from "../database/outbox.ts";
import type { Transaction } from "../database/pool.ts";
import { ensurePartition, giveBack, recall, remember } from "../mentor/history.ts";
import { MentorAway } from "../mentor/mentor.ts";
import { longestMemory, promptOf } from "../mentor/prompt.ts";
import { split } from "../mentor/split.ts";
import type { TelegramApi } from "../telegram/api.ts";
import { localeOf, translator } from "../telegram/texts.ts";
import { Hopeless, jobKind, type Conclusion } from "./job.ts";

/** Telegram shows it for five seconds. */
const TYPING_MS = 4500;

/** Shows that an answer is being written, until it is stopped. */
function startTyping(api: TelegramApi, chatId: number): () => void {
  const payload = JSON.stringify({ chat_id: chatId, action: "typing" });
  const show = () => void api.call("sendChatAction", payload);
  show();
  const timer = setInterval(show, TYPING_MS);
  return () => clearInterval(timer);
}

interface Person {
  readonly language: string;
  /** Whether a text is the next question. */
  readonly mode: boolean;
  readonly deleted: boolean;
}

async function personOf(tx: Transaction, userId: number): Promise<Person | undefined> {
  const [person] = await tx.query<{ language: string; mode: boolean; deleted: boolean }>(
    "mentor_read",
    `SELECT coalesce(chosen_language, language) AS language, deleted_at IS NOT NULL AS deleted,
       coalesce(dialogue->>'flow' = 'mentor', false) AS mode
     FROM users WHERE id = $1`,
    [userId],
  );
  return person;
}

/** Messages to the person; what comes next is below the last one. */
function messages(userId: number, { language, mode }: Person, texts: readonly string[]): Call[] {
  const t = translator(localeOf(language));
  const keyboard = mode
    ? new InlineKeyboard().text(t("mentor-stop"), "mentor:stop")
    : new InlineKeyboard().text(t("mentor-more"), "mentor:ask");
  return texts.map((text, index) =>
    callTo(userId, "sendMessage", {
      text,
      link_preview_options: { is_disabled: true },
      ...(index === texts.length - 1 && { reply_markup: keyboard }),
    }),
  );
}

/** Ends the question with an apology; it does not count. */
const sorry =
  (userId: number, key: "mentor-away" | "mentor-not-set-up"): Conclusion =>
  async (tx) => {
    await giveBack(tx, userId);
    const person = await personOf(tx, userId);
    if (person === undefined || person.deleted) return [];
    return messages(userId, person, [translator(localeOf(person.language))(key)]);
  };

/** Answers the question of a person. */
export const mentorAnswer = jobKind({
  kind: "mentor",
  payload: z.object({}),
  attempts: 3,
  // Two calls of 30 s, and the pause between them.
  limitSeconds: 75,
  parallel: 16,
  async run({ userId, database, api, mentor, signal }) {
    if (userId === undefined) throw new Hopeless("nobody asks");
    if (mentor === undefined) return sorry(userId, "mentor-not-set-up");
    const asked = await recall(database, userId, longestMemory);
    if (asked === undefined) return undefined;
    await ensurePartition(database);
    const stopTyping = startTyping(api, userId);
    try {
      const prompt = promptOf(localeOf(asked.language), asked.question, asked.before);
      const { text, tokens } = await mentor.ask(prompt, signal);
      return async (tx) => {
        const person = await personOf(tx, userId);
        if (person === undefined || person.deleted) {
          await giveBack(tx, userId);
          return [];
        }
        await remember(tx, userId, text, tokens.prompt + tokens.answer);
        return messages(userId, person, split(text));
      };
    } catch (error) {
      if (!(error instanceof MentorAway)) throw error;
      return sorry(userId, "mentor-away");
    } finally {
      stopTyping();
    }
  },
  gaveUp: ({ userId }) => (userId === undefined ? () => Promise.resolve([]) : sorry(userId, "mentor-away")),
});
