import { callTo, type Call } from "../database/outbox.ts";
import { day, localeOf, translator } from "../telegram/texts.ts";
import { transactionJob } from "./job.ts";

/** Told at once; the rest is left to the next run. */
const MOST = 500;

interface Ending {
  readonly id: number;
  readonly language: string;
  readonly premium_until: Date;
}

function message({ id, language, premium_until }: Ending, key: "premium-ending" | "premium-ended"): Call {
  const locale = localeOf(language);
  const t = translator(locale);
  const text = t(key, { until: day(locale, premium_until) });
  const reply_markup = { inline_keyboard: [[{ text: t("menu-premium"), callback_data: "premium" }]] };
  return callTo(id, "sendMessage", { text, reply_markup });
}

/**
 * Tells people three days before that their premium ends, once, and whether or not they want reminders: they paid
 * for it. Tidies what has ended; whoever asks for a plan looks at the time itself.
 */
export const premium = transactionJob("premium", async (tx) => {
  const ending = await tx.query<Ending>(
    "premium_end",
    `UPDATE users SET premium_told = premium_until WHERE id IN (
           SELECT id FROM users WHERE premium_until > now() AND premium_until <= now() + interval '3 days'
             AND premium_told IS DISTINCT FROM premium_until AND deleted_at IS NULL AND blocked_at IS NULL
           ORDER BY premium_until LIMIT ${MOST} FOR UPDATE SKIP LOCKED)
         RETURNING id, language, premium_until`,
  );
  const ended = await tx.query<Ending & { told: boolean }>(
    "premium_end",
    `UPDATE users SET premium_until = NULL, premium_told = NULL FROM (
           SELECT id, premium_until FROM users WHERE premium_until <= now()
           ORDER BY premium_until LIMIT ${MOST} FOR UPDATE SKIP LOCKED) AS over
         WHERE users.id = over.id
         RETURNING users.id, language, over.premium_until,
           deleted_at IS NULL AND blocked_at IS NULL AND notifications AS told`,
  );
  return [
    ...ending.map((one) => message(one, "premium-ending")),
    ...ended.filter(({ told }) => told).map((one) => message(one, "premium-ended")),
  ];
});
