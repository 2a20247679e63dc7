import { z } from "zod";
import type { MentorConfig } from "../config.ts";
import type { MentorOutcome } from "../metric-labels.ts";

export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

export interface Answer {
  readonly text: string;
  /** What the endpoint counted, else an estimate. */
  readonly tokens: { readonly prompt: number; readonly answer: number };
}

/** The endpoint gave no answer that could be used. The message is for operators and holds nothing that people wrote. */
export class EndpointFailed extends Error {
  readonly outcome: MentorOutcome;
  /** Milliseconds after which it may be asked once more; undefined when that is no use. */
  readonly retryAfter: number | undefined;
  constructor(outcome: MentorOutcome, message: string, retryAfter?: number) {
    super(message);
    this.outcome = outcome;
    this.retryAfter = retryAfter;
  }
}

/** Milliseconds before the second try, unless the endpoint says when. */
const PAUSE_MS = 1000;
/** Longest wait that the endpoint may ask for, in milliseconds: somebody sits there and waits as well. */
const LONGEST_PAUSE_MS = 5000;
/** Characters of an answer that are kept: four messages. */
const LONGEST_ANSWER = 16_000;

const count = z.number().int().min(0);
const completion = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
  usage: z.object({ prompt_tokens: count, completion_tokens: count }).nullish().catch(undefined),
});

const problem = z.object({ error: z.object({ code: z.string().max(60) }) });

/** About what tokenizers make of a text: four characters of English, two to three of Russian. */
export const estimateTokens = (text: string): number => Math.ceil(text.length / 3);

function failureOf(status: number, body: string, wait: string | null): EndpointFailed {
  // Only the code: what else stands there may repeat the key or the question.
  let code = "";
  try {
    code = ` (${problem.parse(JSON.parse(body)).error.code})`;
  } catch {
    // Not in OpenAI's form.
  }
  const message = `the endpoint answered ${status}${code}`;
  if (status === 429) {
    const asked = wait !== null && /^\d+$/.test(wait) ? Number(wait) * 1000 : PAUSE_MS;
    return new EndpointFailed("limited", message, asked <= LONGEST_PAUSE_MS ? asked : undefined);
  }
  if (status >= 500) return new EndpointFailed("unavailable", message, PAUSE_MS);
  return new EndpointFailed("refused", `${message}: its address, its key or the name of the model is wrong`);
}

function read(body: string, messages: readonly ChatMessage[]): Answer {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new EndpointFailed("unreadable", "the endpoint's answer is not JSON");
  }
  const { data } = completion.safeParse(json);
  // Postgres stores no NUL, and lone halves of a pair are no UTF-8.
  const text = data?.choices[0]?.message.content.replaceAll("\0", "").slice(0, LONGEST_ANSWER).toWellFormed();
  if (data === undefined || text === undefined || text.trim() === "") {
    throw new EndpointFailed("unreadable", "the endpoint's answer is none of a chat, or empty");
  }
  const prompt = data.usage?.prompt_tokens ?? estimateTokens(messages.map(({ content }) => content).join(""));
  return {
    text: text.trim(),
    tokens: { prompt, answer: data.usage?.completion_tokens ?? estimateTokens(text) },
  };
}

/** Asks an OpenAI-compatible endpoint once. Throws EndpointFailed, or the reason of the signal. */
export async function complete(
  { url, key, model }: MentorConfig,
  messages: readonly ChatMessage[],
  limitMs: number,
  signal: AbortSignal,
): Promise<Answer> {
  let response: Response;
  let body: string;
  try {
    response = await fetch(`${url}/chat/completions`, {
      method: "POST",
      // Nobody else gets the key.
      redirect: "error",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ model, messages }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(limitMs)]),
    });
    body = await response.text();
  } catch (error) {
    signal.throwIfAborted();
    // Who has waited that long is not asked to wait once more.
    if (error instanceof Error && error.name === "TimeoutError")
      throw new EndpointFailed("timeout", `the endpoint did not answer within ${limitMs} ms`);
    throw new EndpointFailed("unavailable", "the endpoint cannot be reached", PAUSE_MS);
  }
  if (!response.ok) throw failureOf(response.status, body, response.headers.get("retry-after"));
  return read(body, messages);
}
