import { z } from "zod";
import { cancel, jobStates, listJobs, readJob, runAgain, type JobRow } from "../../database/job-admin.ts";
import { addCalls } from "../../database/outbox.ts";
import type { Database } from "../../database/pool.ts";
import { goodbyeOf } from "../../jobs/job.ts";
import { jobKinds } from "../../jobs/kinds.ts";
import { jobNames } from "../../metric-labels.ts";
import { Problem } from "../../problem.ts";
import { answers, answersAbout, byId, moment, page } from "../answers.ts";
import type { AdminServer, AdminTools } from "../api.ts";

const job = z
  .object({
    id: z.int(),
    kind: z.string(),
    user_id: z.int().nullable(),
    state: z.enum(jobStates),
    attempts: z.int(),
    error: z.string().nullable().meta({ description: "Of the last attempt" }),
    created_at: moment,
    run_at: moment.meta({ description: "Not before" }),
    began_at: moment.nullable(),
    ended_at: moment.nullable(),
  })
  .meta({ id: "Job" });

const shown = (row: JobRow): z.infer<typeof job> => ({
  ...row,
  created_at: row.created_at.toISOString(),
  run_at: row.run_at.toISOString(),
  began_at: row.began_at?.toISOString() ?? null,
  ended_at: row.ended_at?.toISOString() ?? null,
});

const missing = (): Problem => new Problem(404, "there is no such job; those that ended are kept for a week");

/** Cancels a job, and tells the person what people are told when one fails for good. */
async function cancelJob(database: Database, id: number): Promise<JobRow> {
  const found = await readJob(database.query, id);
  if (found === undefined) throw missing();
  const { kind, payload, user_id } = found;
  const userId = user_id ?? undefined;
  const { tx, rows } = await database.begin(userId, [cancel(id)]);
  try {
    const row = rows[0]?.[0] as JobRow | undefined;
    if (row === undefined) throw new Problem(409, "the job has ended");
    const known = jobKinds.find((one) => one.kind === kind);
    const goodbye = known && goodbyeOf(known, payload, userId);
    const calls = (await goodbye?.(tx)) ?? [];
    await tx.commit(calls.length === 0 ? [] : [addCalls(undefined, calls, undefined)]);
    return row;
  } catch (error) {
    await tx.rollback();
    throw error;
  }
}

/** What the workers do. */
export function jobRoutes(server: AdminServer, { database }: AdminTools): void {
  const tags = ["jobs"];
  const operator = { needs: "operator" } as const;
  server.get(
    "/api/jobs",
    {
      config: { needs: "viewer" },
      schema: {
        tags,
        summary: "Jobs, the newest first; without what they work on",
        querystring: page.extend({
          kind: z.enum(jobNames).optional(),
          state: z.enum(jobStates).optional(),
        }),
        response: answers(z.object({ jobs: z.array(job) })),
      },
    },
    async ({ query: { kind, state, before, limit } }) => ({
      jobs: (await listJobs(database.query, { kind, state, before, limit })).map(shown),
    }),
  );
  server.post(
    "/api/jobs/:id/retry",
    {
      config: operator,
      schema: {
        tags,
        summary: "Let a job that failed begin anew, or one that waits begin now",
        params: byId,
        response: answersAbout(job),
      },
    },
    async ({ params: { id } }) => {
      const row = await runAgain(database.query, id);
      if (row !== undefined) return shown(row);
      const found = await readJob(database.query, id);
      throw found === undefined ? missing() : new Problem(409, `the job is ${found.state}`);
    },
  );
  server.post(
    "/api/jobs/:id/cancel",
    {
      config: operator,
      schema: {
        tags,
        summary: "End a job; for whom it was is told, as when it fails",
        params: byId,
        response: answersAbout(job),
      },
    },
    async ({ params: { id } }) => shown(await cancelJob(database, id)),
  );
}
