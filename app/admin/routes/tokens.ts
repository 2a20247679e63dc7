import { z } from "zod";
import { Problem } from "../../problem.ts";
import { answers, answersAbout, moment } from "../answers.ts";
import type { AdminServer, AdminTools } from "../api.ts";
import {
  createToken,
  lifetime,
  listTokens,
  revokeToken,
  roles,
  rotateToken,
  type FreshToken,
  type Token,
} from "../tokens.ts";

const token = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.enum(roles),
    created_at: moment,
    expires_at: moment,
    revoked_at: moment.nullable(),
  })
  .meta({ id: "Token" });
const fresh = token
  .extend({ token: z.string().meta({ description: "Shown this once; nobody can find it out afterwards" }) })
  .meta({ id: "FreshToken" });
const one = z.object({ id: z.string().regex(/^[0-9a-f]{16}$/) });

const shown = ({ id, name, role, createdAt, expiresAt, revokedAt }: Token): z.infer<typeof token> => ({
  ...{ id, name, role },
  created_at: createdAt.toISOString(),
  expires_at: expiresAt.toISOString(),
  revoked_at: revokedAt?.toISOString() ?? null,
});
const shownOnce = (made: FreshToken): z.infer<typeof fresh> => ({ ...shown(made), token: made.text });

function found<T>(result: T | undefined): T {
  if (result === undefined) throw new Problem(404, "no token with this id is valid");
  return result;
}

/** Who may use the API. */
export function tokenRoutes(server: AdminServer, { database }: AdminTools): void {
  const config = { needs: "owner" } as const;
  const tags = ["tokens"];
  server.get(
    "/api/tokens",
    {
      config,
      schema: {
        tags,
        summary: "All tokens, those that are over included; without the tokens themselves",
        response: answers(z.object({ tokens: z.array(token) })),
      },
    },
    async () => ({ tokens: (await listTokens(database.query)).map(shown) }),
  );
  server.post(
    "/api/tokens",
    {
      config,
      schema: {
        tags,
        summary: "Make a token",
        body: z.object({
          name: z.string().trim().min(1).max(64).meta({ description: "Whose it is, or what uses it" }),
          role: z.enum(roles),
          days: z.int().min(lifetime.min).max(lifetime.max).default(lifetime.default),
        }),
        response: answers(fresh),
      },
    },
    async ({ body: { name, role, days } }) => shownOnce(await createToken(database.query, name, role, days)),
  );
  server.post(
    "/api/tokens/:id/rotate",
    {
      config,
      schema: {
        tags,
        summary: "Make a token in place of another, which stays good for a while",
        params: one,
        body: z.object({ hours: z.int().min(0).max(168).default(24) }),
        response: answersAbout(fresh),
      },
    },
    async ({ params: { id }, body: { hours } }) =>
      shownOnce(found(await rotateToken(database.query, id, hours))),
  );
  server.delete(
    "/api/tokens/:id",
    {
      config,
      schema: {
        tags,
        summary: "Make a token good for nothing, at once",
        params: one,
        response: answersAbout(token),
      },
    },
    async ({ params: { id } }) => shown(found(await revokeToken(database.query, id))),
  );
}
