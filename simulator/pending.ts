import type { Clock } from "./clock.ts";

/** Questions to the bot that somebody waits for, each until its answer or until its time is over. */
export function createPending<Question, Answer>(clock: Clock, lifeSeconds: number) {
  const open = new Map<string, { question: Question; settle: (answer: Answer | undefined) => void }>();
  return {
    /** Resolves with the answer, or with undefined when there was none in time. */
    ask(id: string, question: Question): Promise<Answer | undefined> {
      return new Promise((resolve) => {
        const cancel = clock.at(clock.now() + lifeSeconds * 1000, () => settle(undefined));
        const settle = (answer: Answer | undefined): void => {
          cancel();
          open.delete(id);
          resolve(answer);
        };
        open.set(id, { question, settle });
      });
    },
    question: (id: string): Question | undefined => open.get(id)?.question,
    answer(id: string, answer: Answer): void {
      open.get(id)?.settle(answer);
    },
    reset(): void {
      for (const waiting of [...open.values()]) waiting.settle(undefined);
    },
  };
}
