import { z } from "zod";
import { answers, moment, page } from "../answers.ts";
import type { AdminServer, AdminTools } from "../api.ts";
import { listAudit, verifyAudit } from "../audit.ts";

const entry = z
  .object({
    id: z.int(),
    at: moment,
    request_id: z.string(),
    actor: z.string().meta({ description: "Id of the token; `stack` or `command` when it was none" }),
    actor_name: z.string(),
    role: z.string(),
    origin: z.string(),
    action: z.string(),
    parameters: z.string().meta({ description: "JSON without secrets, cut off where it is long" }),
    result: z.string().meta({ description: "`begun`, then the status of the answer" }),
    hash: z.string(),
  })
  .meta({ id: "AuditEntry" });
const verdict = z
  .object({
    valid: z.boolean(),
    entries: z.int(),
    head: z
      .string()
      .nullable()
      .meta({ description: "Hash of the last entry; keep it, to notice a cut later" }),
    broken_at: z
      .int()
      .nullable()
      .meta({ description: "The first entry that does not follow from those before" }),
  })
  .meta({ id: "AuditVerdict" });

/** What was done. */
export function auditRoutes(server: AdminServer, { database }: AdminTools): void {
  const config = { needs: "operator" } as const;
  const tags = ["audit"];
  server.get(
    "/api/audit",
    {
      config,
      schema: {
        tags,
        summary: "What was done, the newest first",
        querystring: page,
        response: answers(z.object({ entries: z.array(entry) })),
      },
    },
    async ({ query: { before, limit } }) => {
      const rows = await listAudit(database.query, before, limit);
      return {
        entries: rows.map(({ at, hash, ...row }) => ({
          ...row,
          at: at.toISOString(),
          hash: hash.toString("hex"),
        })),
      };
    },
  );
  server.get(
    "/api/audit/verify",
    {
      config,
      schema: { tags, summary: "Whether anything of it was changed or removed", response: answers(verdict) },
    },
    async () => {
      const { entries, head, broken } = await verifyAudit(database.query);
      return { valid: broken === null, entries, head, broken_at: broken };
    },
  );
}
