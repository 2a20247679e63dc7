import { z } from "zod";
import { personalTables } from "../database/personal.ts";
import { jobKind } from "./job.ts";

/** So long a deleted profile can be brought back. */
const KEPT = "interval '30 days'";

/**
 * Forgets who deleted their profile 30 days ago: nothing stays but the id, so that nobody gets another's place, and
 * premium that was paid for, until it ends.
 */
export const anonymise = jobKind({
  kind: "anonymise",
  payload: z.object({}),
  attempts: 5,
  limitSeconds: 60,
  parallel: 1,
  run: () =>
    Promise.resolve(async (tx) => {
      const people = await tx.query<{ id: number }>(
        "users_anonymise",
        `SELECT id FROM users WHERE deleted_at < now() - ${KEPT} AND anonymised_at IS NULL
         LIMIT 500 FOR UPDATE SKIP LOCKED`,
      );
      const ids = people.map(({ id }) => id);
      for (const { forget } of Object.values(personalTables)) {
        if ("sql" in forget) await tx.query("users_anonymise", forget.sql, [ids]);
      }
      return [];
    }),
});
