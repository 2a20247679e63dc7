import { annotations as kinds } from "../annotations.ts";
import type { Board } from "../catalogue.ts";
import { chosen, rateInterval, type Choice } from "../choice.ts";
import type { Annotation } from "./api.ts";
import { nameOf } from "./panels.ts";
import type { Prometheus, Sampled } from "./prometheus.ts";
import { SCRAPE_SECONDS, timesOf, type Range } from "./range.ts";

/** The stretches of time in which a series has a value. */
export function stretches({ values }: Sampled, range: Range): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (const [i, time] of timesOf(range).entries()) {
    if (values[i] === null || values[i] === undefined) continue;
    const last = found.at(-1);
    if (last?.to === time - range.step) last.to = time;
    else found.push({ from: time, to: time });
  }
  return found;
}

/** What happened meanwhile: alerts that fired, builds that came. Throws `Unanswered`. */
export async function annotations(
  prometheus: Prometheus,
  board: Board,
  choice: Choice,
  range: Range,
): Promise<Annotation[]> {
  const interval = rateInterval(range.step, SCRAPE_SECONDS);
  const found = await Promise.all(
    kinds.map(async ({ expr, is, title, text }) => {
      const query = chosen(expr.text, board, { ...choice, rateInterval: interval });
      const series = await prometheus.range(query, range);
      return series.flatMap((one) =>
        stretches(one, range).map((time) => ({ is, title, text: nameOf(text, one.labels), ...time })),
      );
    }),
  );
  return found.flat();
}
