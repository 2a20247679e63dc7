/**
 * Chats that exist without a person: a load test posts their updates straight to the bot, and what the bot sends
 * them is accepted, counted and forgotten.
 */
export function createSink() {
  let range: { from: number; to: number } | undefined;
  return {
    set(from: number, to: number): void {
      range = { from, to };
    },
    clear(): void {
      range = undefined;
    },
    isOpen: (): boolean => range !== undefined,
    has: (id: number): boolean => range !== undefined && id >= range.from && id <= range.to,
  };
}

export type Sink = ReturnType<typeof createSink>;
