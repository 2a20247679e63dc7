import { z } from "zod";
import { verifyAudit } from "../admin/audit.ts";
import { Hopeless, jobKind } from "./job.ts";

/** Walks through the audit every day: whoever changes it is not found only when somebody asks. */
export const audit = jobKind({
  kind: "audit",
  payload: z.object({}),
  attempts: 5,
  limitSeconds: 300,
  parallel: 1,
  async run({ database, log }) {
    const { entries, head, broken } = await verifyAudit(database.query);
    if (broken !== null)
      throw new Hopeless(`entry ${broken} of the audit was changed, or one before it is missing`);
    log.info({ entries, head }, "the audit is whole");
    return undefined;
  },
});
