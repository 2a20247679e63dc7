import { STATUS_CODES } from "node:http";
import { z } from "zod";

export const problemType = "application/problem+json";

export const problemSchema = z
  .object({
    type: z.literal("about:blank"),
    title: z.string().meta({ description: "What the status means" }),
    status: z.int(),
    detail: z.string().optional().meta({ description: "What went wrong here, and what to do" }),
    request_id: z.string().meta({ description: "Under which the log and the audit have the request" }),
    errors: z.array(z.object({ at: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: "Problem", description: "An answer that is an error, as in RFC 9457" });

type ProblemDetails = z.infer<typeof problemSchema>;

/** Ends a request with this status; callers read the message. */
export class Problem extends Error {
  readonly statusCode: number;
  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

/** The body of an answer that is an error. */
export function problemDetails(
  status: number,
  requestId: string,
  more: Pick<ProblemDetails, "detail" | "errors"> = {},
): ProblemDetails {
  return {
    type: "about:blank",
    title: STATUS_CODES[status] ?? "Error",
    status,
    ...more,
    request_id: requestId,
  };
}
