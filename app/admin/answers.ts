import { STATUS_CODES } from "node:http";
import { z } from "zod";
import { problemSchema, problemType } from "../problem.ts";

const problem = (status: number, description = STATUS_CODES[status] ?? "") => ({
  description,
  content: { [problemType]: { schema: problemSchema } },
});

/** What every route of the admin API may answer besides what it is for. */
const always = {
  400: problem(400),
  401: problem(401),
  403: problem(403),
  "4xx": problem(400, "Not to be answered, for example a path that is too long"),
  429: problem(429),
  500: problem(500),
  503: problem(503),
};

/** The answers of a route: what it is for, and the errors. */
export const answers = <S extends z.ZodType>(schema: S) => ({ 200: schema, ...always });

/** Those of a route about one thing, which may not be there (404), or not be as it has to be (409). */
export const answersAbout = <S extends z.ZodType>(schema: S) => ({
  ...answers(schema),
  404: problem(404),
  409: problem(409),
});

/** Where a page of a list begins: before this id, the newest first. */
export const page = z.object({
  before: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).default(Number.MAX_SAFE_INTEGER),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** The id of one thing, in a path. */
export const byId = z.object({ id: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) });

/** A moment, as ISO 8601 says it in UTC. */
export const moment = z.iso.datetime();
