import { callTo } from "../database/outbox.ts";
import { localeOf, translator } from "../telegram/texts.ts";
import { transactionJob } from "./job.ts";

/** People who were not here for so long are found no more. */
const AWAY = "interval '30 days'";
/** Told at once; the rest is left to the next run. */
const MOST = 500;

/** Ends the search of people who have not been here for 30 days, and tells those who want to hear of it. */
export const inactive = transactionJob("inactive", async (tx) => {
  const rows = await tx.query<{ id: number; language: string; told: boolean }>(
    "users_inactive",
    `UPDATE users SET is_searching = false WHERE id IN (
           SELECT id FROM users WHERE is_searching AND deleted_at IS NULL AND last_active < now() - ${AWAY}
           ORDER BY last_active LIMIT ${MOST} FOR UPDATE SKIP LOCKED)
         RETURNING id, language, blocked_at IS NULL AND notifications AS told`,
  );
  return rows
    .filter(({ told }) => told)
    .map(({ id, language }) =>
      callTo(id, "sendMessage", { text: translator(localeOf(language))("search-ended") }),
    );
});
