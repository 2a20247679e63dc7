/** A document that the bot sent to a chat of the sink; `at` is in milliseconds since the epoch. */
export interface SunkDocument {
  readonly chat_id: number;
  readonly at: number;
}

const MOST_DOCUMENTS = 100_000;
const MOST_MARKS = 2_000_000;

/**
 * Chats that exist without a person: a load test posts their updates straight to the bot, and what the bot sends
 * them is accepted, counted and forgotten. Only of documents, with which the bot answers files, it notes when they came;
 * and of all calls, on request, the last lines of their texts, into which a test may have put a mark.
 */
export function createSink() {
  let range: { from: number; to: number } | undefined;
  let documents: SunkDocument[] = [];
  /** Undefined while nobody wants them. */
  let marks: string[] | undefined;
  const clear = (): void => {
    range = undefined;
    documents = [];
    marks = undefined;
  };
  return {
    set(from: number, to: number, withMarks = false): void {
      clear();
      range = { from, to };
      if (withMarks) marks = [];
    },
    clear,
    isOpen: (): boolean => range !== undefined,
    has: (id: number): boolean => range !== undefined && id >= range.from && id <= range.to,
    noteDocument(document: SunkDocument): void {
      if (documents.length < MOST_DOCUMENTS) documents.push(document);
    },
    documents: (): readonly SunkDocument[] => documents,
    noteMark(text: string): void {
      if (marks !== undefined && marks.length < MOST_MARKS)
        marks.push(text.slice(text.lastIndexOf("\n") + 1).slice(0, 64));
    },
    marks: (): readonly string[] => marks ?? [],
  };
}

export type Sink = ReturnType<typeof createSink>;
