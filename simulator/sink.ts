/** A document that the bot sent to a chat of the sink; `at` is in milliseconds since the epoch. */
export interface SunkDocument {
  readonly chat_id: number;
  readonly at: number;
}

const MOST_DOCUMENTS = 100_000;

/**
 * Chats that exist without a person: a load test posts their updates straight to the bot, and what the bot sends
 * them is accepted, counted and forgotten. Only of documents, with which the bot answers files, it notes when they came.
 */
export function createSink() {
  let range: { from: number; to: number } | undefined;
  let documents: SunkDocument[] = [];
  const clear = (): void => {
    range = undefined;
    documents = [];
  };
  return {
    set(from: number, to: number): void {
      clear();
      range = { from, to };
    },
    clear,
    isOpen: (): boolean => range !== undefined,
    has: (id: number): boolean => range !== undefined && id >= range.from && id <= range.to,
    noteDocument(document: SunkDocument): void {
      if (documents.length < MOST_DOCUMENTS) documents.push(document);
    },
    documents: (): readonly SunkDocument[] => documents,
  };
}

export type Sink = ReturnType<typeof createSink>;
