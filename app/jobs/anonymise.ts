import { z } from "zod";
import { jobKind } from "./job.ts";

/** So long a deleted profile can be brought back. */
const KEPT = "interval '30 days'";

/** Forgets who deleted their profile 30 days ago: nothing stays but the id, so that nobody gets another's place. */
export const anonymise = jobKind({
  kind: "anonymise",
  payload: z.object({}),
  attempts: 5,
  limitSeconds: 60,
  parallel: 1,
  run: () =>
    Promise.resolve(async (tx) => {
      await tx.query(
        "users_anonymise",
        `UPDATE users SET anonymised_at = now(), user_type = NULL, name = NULL, username = NULL, about = NULL,
           skills = '{}', city = NULL, is_searching = false, dialogue = NULL, chosen_language = NULL,
           search_text = NULL
         WHERE id IN (SELECT id FROM users WHERE deleted_at < now() - ${KEPT} AND anonymised_at IS NULL
           LIMIT 5000 FOR UPDATE SKIP LOCKED)`,
      );
      return [];
    }),
});
