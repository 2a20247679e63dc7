import { z } from "zod";
import { cannedAnswer, tokens } from "./answer.ts";

const part = z.object({ type: z.string(), text: z.string().optional() });
const message = z.object({
  role: z.string(),
  content: z.union([z.string(), z.array(part), z.null()]).optional(),
});
const limit = z.int().min(1).nullable().optional();

/** What the simulator reads of a request; everything else is passed over, as a server of newer date would. */
export const completionRequest = z.object({
  model: z.string().min(1),
  messages: z.array(message).min(1),
  stream: z.boolean().nullable().optional(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullable().optional(),
  max_tokens: limit,
  max_completion_tokens: limit,
});

export type CompletionRequest = z.output<typeof completionRequest>;

export interface Completion {
  readonly pieces: readonly string[];
  readonly finish_reason: "stop" | "length";
  readonly usage: {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly total_tokens: number;
  };
}

/** OpenAI counts so many tokens around each message, and before the answer. */
const AROUND_MESSAGE = 4;
const BEFORE_ANSWER = 3;

const textOf = ({ content }: z.output<typeof message>): string =>
  typeof content === "string" ? content : (content ?? []).map((p) => p.text ?? "").join("");

/** The answer to the last message of the user. */
export function complete(request: CompletionRequest): Completion {
  const { messages, max_tokens, max_completion_tokens } = request;
  const last = messages.findLast(({ role }) => role === "user");
  const all = tokens(cannedAnswer(last === undefined ? "" : textOf(last)));
  const pieces = all.slice(0, max_completion_tokens ?? max_tokens ?? all.length);
  const prompt_tokens = messages.reduce(
    (sum, m) => sum + tokens(textOf(m)).length + AROUND_MESSAGE,
    BEFORE_ANSWER,
  );
  return {
    pieces,
    finish_reason: pieces.length < all.length ? "length" : "stop",
    usage: {
      prompt_tokens,
      completion_tokens: pieces.length,
      total_tokens: prompt_tokens + pieces.length,
    },
  };
}
