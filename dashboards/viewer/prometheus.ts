import { z } from "zod";
import { timesOf, type Range } from "./range.ts";
import { asker } from "./upstream.ts";

type Labels = Readonly<Record<string, string>>;

/** One series with a value for each time that was asked for, null where there is none. */
export interface Sampled {
  readonly labels: Labels;
  readonly values: readonly (number | null)[];
}

/** Prometheus writes numbers as text: NaN and infinity cannot be drawn. */
const sample = z.tuple([z.number(), z.string()]).transform(([time, text]) => {
  const value = Number(text);
  return { time, value: Number.isFinite(value) ? value : null };
});
const labels = z.record(z.string(), z.string());
const matrix = z.object({
  data: z.object({ result: z.array(z.object({ metric: labels, values: z.array(sample) })) }),
});
const vector = z.object({
  data: z.object({ result: z.array(z.object({ metric: labels, value: sample })) }),
});
const names = z.object({ data: z.array(z.string()) });
const rules = z.object({
  data: z.object({
    groups: z.array(
      z.object({
        rules: z.array(
          z.discriminatedUnion("type", [
            z.object({ type: z.literal("recording") }),
            z.object({
              type: z.literal("alerting"),
              name: z.string(),
              state: z.enum(["inactive", "pending", "firing"]),
              query: z.string(),
              duration: z.number(),
              labels,
              annotations: labels,
              health: z.string(),
              lastError: z.string().optional(),
              alerts: z.array(
                z.object({
                  labels,
                  annotations: labels,
                  state: z.enum(["pending", "firing"]),
                  activeAt: z.string(),
                  value: z.string(),
                }),
              ),
            }),
          ]),
        ),
      }),
    ),
  }),
});

/** The questions that the viewer has for Prometheus. Each throws `Unanswered`. */
export function prometheusAt(base: string) {
  const ask = asker("Prometheus", `${base}/api/v1`);
  const parameters = (values: Record<string, string | number>): string =>
    Object.entries(values)
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join("&");
  return {
    async range(query: string, range: Range): Promise<Sampled[]> {
      const { from, to, step } = range;
      const path = `/query_range?${parameters({ query, start: from, end: to, step })}`;
      const { result } = (await ask(matrix, path)).data;
      const times = timesOf(range);
      return result.map(({ metric, values }) => {
        const at = new Map(values.map(({ time, value }) => [Math.round(time), value]));
        return { labels: metric, values: times.map((time) => at.get(time) ?? null) };
      });
    },
    async instant(query: string, time: number): Promise<Sampled[]> {
      const { result } = (await ask(vector, `/query?${parameters({ query, time })}`)).data;
      return result.map(({ metric, value }) => ({ labels: metric, values: [value.value] }));
    },
    /** Values of a label within the series that match, in the time from `start` to `end`. */
    async labelValues(label: string, match: string, start: number, end: number): Promise<string[]> {
      const path = `/label/${label}/values?${parameters({ "match%5B%5D": match, start, end })}`;
      return (await ask(names, path)).data;
    },
    async alertRules() {
      const { groups } = (await ask(rules, "/rules?type=alert")).data;
      return groups.flatMap((group) => group.rules.filter((rule) => rule.type === "alerting"));
    },
  };
}

export type Prometheus = ReturnType<typeof prometheusAt>;
export type AlertRule = Awaited<ReturnType<Prometheus["alertRules"]>>[number];
