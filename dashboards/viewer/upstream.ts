import { z } from "zod";

/** Something that the viewer asks does not give an answer. The message is for people. */
export class Unanswered extends Error {}

export type Ask = <T>(schema: z.ZodType<T>, path: string, init?: RequestInit) => Promise<T>;

const LIMIT_SECONDS = 10;
const refusal = z.union([z.object({ error: z.string() }).transform(({ error }) => error), z.string()]);

/** Asks a program at an address for JSON; throws `Unanswered` when it does not answer, or not as it should. */
export function asker(name: string, base: string): Ask {
  return async (schema, path, init) => {
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${base}${path}`, {
        ...init,
        signal: AbortSignal.timeout(LIMIT_SECONDS * 1000),
      });
      text = await response.text();
    } catch (error) {
      const late = error instanceof Error && error.name === "TimeoutError";
      throw new Unanswered(
        late
          ? `${name} took longer than ${LIMIT_SECONDS} s: choose a shorter time range, or look at its load`
          : `${name} does not answer at ${base}: is it running? \`npm run logs -- ${name.toLowerCase()}\` says why not`,
      );
    }
    const body = json(text);
    if (!response.ok) {
      const reason = refusal.safeParse(body).data ?? `status ${response.status}`;
      throw new Unanswered(`${name} refuses: ${reason}`);
    }
    const answer = schema.safeParse(body);
    if (!answer.success) throw new Unanswered(`${name} at ${base} gives an answer that is not understood`);
    return answer.data;
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
