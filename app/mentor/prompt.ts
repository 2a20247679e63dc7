import { translator, type Locale } from "../telegram/texts.ts";
import { estimateTokens, type ChatMessage } from "./client.ts";
import type { Exchange } from "./history.ts";

/** Exchanges that are read, and tokens of them that are sent, as estimated. */
export const longestMemory = 20;
const BUDGET = 3000;

/** What is sent: who the mentor is, as much of the last exchanges as fits, and the question. What people write is never an instruction. */
export function promptOf(locale: Locale, question: string, newestFirst: readonly Exchange[]): ChatMessage[] {
  let left = BUDGET;
  const forgotten = newestFirst.findIndex((exchange) => {
    left -= estimateTokens(exchange.question + exchange.answer);
    return left < 0;
  });
  const known = forgotten === -1 ? newestFirst : newestFirst.slice(0, forgotten);
  return [
    { role: "system", content: translator(locale)("mentor-prompt") },
    ...known.toReversed().flatMap((exchange): ChatMessage[] => [
      { role: "user", content: exchange.question },
      { role: "assistant", content: exchange.answer },
    ]),
    { role: "user", content: question },
  ];
}
