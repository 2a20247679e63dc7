import type { Clock } from "./clock.ts";
import { createPending } from "./pending.ts";
import type { FormattedText } from "./text/html.ts";

/** So long a person waits for what the bot offers. */
const INLINE_QUERY_S = 10;
/** So many answers are kept to choose from. */
const MOST_ANSWERS = 1000;

/** One of the things that the bot offers in inline mode. */
export interface InlineResult {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  /** What is written when it is chosen. */
  readonly message: FormattedText;
}

export interface InlineAnswer {
  readonly results: readonly InlineResult[];
  readonly next_offset: string;
}

/** Questions to the bot in inline mode, and what it answered. */
export function createInline(clock: Clock) {
  const answered = new Map<string, { person: number; query: string; answer: InlineAnswer }>();
  return {
    queries: createPending<{ person: number; query: string; update: number }, InlineAnswer>(
      clock,
      INLINE_QUERY_S,
    ),
    keep(id: string, person: number, query: string, answer: InlineAnswer): void {
      answered.set(id, { person, query, answer });
      if (answered.size <= MOST_ANSWERS) return;
      const [oldest] = answered.keys();
      if (oldest !== undefined) answered.delete(oldest);
    },
    answered: (id: string) => answered.get(id),
    reset(): void {
      this.queries.reset();
      answered.clear();
    },
  };
}
