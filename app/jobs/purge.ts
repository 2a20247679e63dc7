import { z } from "zod";
import { purgeResults } from "../database/csv-results.ts";
import { purgeFiles } from "../database/files.ts";
import { purgeMinutes } from "../database/health-history.ts";
import { purgeInvitations } from "../database/invitations.ts";
import { purgeJobs } from "../database/jobs.ts";
import { purgeRefused } from "../database/outbox.ts";
import { purgeReceipts } from "../database/receipts.ts";
import { jobKind } from "./job.ts";

/** Deletes what nobody can ask for any more: receipts, refused messages, ended jobs and invitations, files. */
export const purge = jobKind({
  kind: "purge",
  payload: z.object({}),
  attempts: 5,
  limitSeconds: 300,
  parallel: 1,
  async run({ database, log }) {
    const receipts = await purgeReceipts(database);
    await purgeRefused(database);
    const jobs = await purgeJobs(database);
    await purgeFiles(database);
    await purgeMinutes(database);
    await purgeResults(database.query);
    const invitations = await purgeInvitations(database);
    if (receipts + jobs + invitations > 0) log.info({ receipts, jobs, invitations }, "old rows deleted");
    return undefined;
  },
});
