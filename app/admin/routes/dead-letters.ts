import { z } from "zod";
import { listDeadLetters, readDeadLetter } from "../../database/dead-letters.ts";
import { DatabaseUnavailable } from "../../database/errors.ts";
import { Problem } from "../../problem.ts";
import { isUpdate, subjectOf } from "../../telegram/parse.ts";
import { answers, answersAbout, byId, moment, page } from "../answers.ts";
import type { AdminServer, AdminTools } from "../api.ts";

const letter = z
  .object({ update_id: z.int(), user_id: z.int(), error: z.string(), failed_at: moment })
  .meta({ id: "DeadLetter" });

/** Updates that were given up. */
export function deadLetterRoutes(server: AdminServer, { database, unitOfWork, log }: AdminTools): void {
  const tags = ["dead letters"];
  const { query } = database;
  server.get(
    "/api/dead-letters",
    {
      config: { needs: "viewer" },
      schema: {
        tags,
        summary: "Updates that failed too often, the newest first; without what people wrote",
        querystring: page,
        response: answers(z.object({ dead_letters: z.array(letter) })),
      },
    },
    async (request) => {
      const rows = await listDeadLetters(query, request.query.before, request.query.limit);
      return { dead_letters: rows.map((row) => ({ ...row, failed_at: row.failed_at.toISOString() })) };
    },
  );
  server.post(
    "/api/dead-letters/:id/replay",
    {
      config: { needs: "operator" },
      schema: {
        tags,
        summary: "Do one after all: once, however often this is asked",
        params: byId,
        response: answersAbout(z.object({ update_id: z.int(), done: z.literal(true) })),
      },
    },
    async ({ params: { id }, id: requestId }) => {
      const missing = new Problem(404, "no update with this id is among the dead letters");
      const body = await readDeadLetter(query, id);
      if (body === undefined) throw missing;
      const subject = isUpdate(body) ? subjectOf(body) : undefined;
      if (!isUpdate(body) || subject === undefined)
        throw new Problem(409, "what is kept is no update that the bot answers");
      const done = await unitOfWork.replay(body, subject).catch((error: unknown) => {
        if (error instanceof DatabaseUnavailable) throw error;
        log.error({ err: error, update_id: id, request: requestId }, "a dead letter failed again");
        throw new Problem(409, "it failed again, and stays; the log has the reason under the request's id");
      });
      if (!done) throw missing;
      return { update_id: id, done: true } as const;
    },
  );
}
