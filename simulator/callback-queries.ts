import type { Clock } from "./clock.ts";

/** Seconds during which a press can be answered. */
const LIFE_S = 150;

interface CallbackQuery {
  readonly chatId: number;
  readonly update: number | null;
  readonly created: number;
}

/** Presses that the bot can still answer. */
export function createCallbackQueries(clock: Clock) {
  const queries = new Map<string, CallbackQuery>();
  const isOld = ({ created }: CallbackQuery): boolean => clock.now() - created > LIFE_S * 1000;
  return {
    add(id: string, chatId: number, update: number | null): void {
      for (const [oldest, query] of queries) {
        if (!isOld(query)) break;
        queries.delete(oldest);
      }
      queries.set(id, { chatId, update, created: clock.now() });
    },
    get(id: string): CallbackQuery | undefined {
      const query = queries.get(id);
      return query === undefined || isOld(query) ? undefined : query;
    },
    reset: (): void => queries.clear(),
  };
}
