import { z } from "zod";

/**
 * A setting that is written as JSON, or as YAML in the stack's file, which reaches the program as JSON. `what` says how
 * it looks, with an example.
 */
export function json<T>(schema: z.ZodType<T>, what: string): z.ZodType<T, string> {
  return z.string().transform((text, context): T => {
    const problem = (more: string): never => {
      context.addIssue({ code: "custom", message: `must be ${what}${more}` });
      return z.NEVER;
    };
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return problem("; this is no JSON");
    }
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    const [first] = result.error.issues;
    const place = first?.path.join(".") ?? "";
    return problem(`; ${place === "" ? "" : `at ${place}: `}${first?.message ?? "it is not"}`);
  });
}
