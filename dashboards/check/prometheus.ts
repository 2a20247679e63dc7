import { z } from "zod";

/** A series with its samples, NaN among them. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly number[];
}

/** Numbers are written as text, for the sake of NaN and infinity. */
const sample = z
  .tuple([z.number(), z.string()])
  .transform(([, text]) => Number(text.replace("Inf", "Infinity")));
const metric = z.record(z.string(), z.string());
const answer = z.discriminatedUnion("resultType", [
  z.object({ resultType: z.literal("vector"), result: z.array(z.object({ metric, value: sample })) }),
  z.object({
    resultType: z.literal("matrix"),
    result: z.array(z.object({ metric, values: z.array(sample) })),
  }),
  z.object({ resultType: z.literal("scalar"), result: sample }),
]);
const rules = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          name: z.string(),
          health: z.string(),
          lastError: z.string().optional(),
          annotations: z.object({ runbook_url: z.string().optional() }).default({}),
        }),
      ),
    }),
  ),
});
const envelope = z.object({ status: z.string(), data: z.unknown(), error: z.string().optional() });

/** Unix seconds. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What the checker asks of the Prometheus at `base`. Everything throws with what Prometheus says is wrong. */
export function prometheusAt(base: string) {
  async function ask<T>(
    path: string,
    schema: z.ZodType<T>,
    parameters: Record<string, string | number> = {},
  ): Promise<T> {
    const url = new URL(`${base.replace(/\/$/, "")}/api/v1/${path}`);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, String(value));
    const response = await fetch(url, { signal: AbortSignal.timeout(30_000) }).catch((cause: unknown) => {
      throw new Error(`no Prometheus answers at ${base}`, { cause });
    });
    const text = await response.text();
    const { data: said } = envelope.safeParse(text.startsWith("{") ? JSON.parse(text) : undefined);
    if (said === undefined) throw new Error(`${base} is no Prometheus: it answers ${response.status}`);
    if (said.status !== "success") throw new Error(said.error ?? `Prometheus answered ${response.status}`);
    return schema.parse(said.data);
  }
  const series = (found: z.infer<typeof answer>): Series[] => {
    switch (found.resultType) {
      case "scalar":
        return [{ labels: {}, values: [found.result] }];
      case "vector":
        return found.result.map(({ metric: labels, value }) => ({ labels, values: [value] }));
      case "matrix":
        return found.result.map(({ metric: labels, values }) => ({ labels, values }));
    }
  };
  return {
    now: async (query: string): Promise<Series[]> => series(await ask("query", answer, { query })),
    over: async (query: string, span: Span, step: number): Promise<Series[]> =>
      series(await ask("query_range", answer, { query, ...span, step })),
    /** The values of a label in the series that match. */
    labelValues: (label: string, match: string, span: Span): Promise<string[]> =>
      ask(`label/${label}/values`, z.array(z.string()), { "match[]": match, ...span }),
    /** Whether it serves this page, by its path. */
    serves: async (path: string): Promise<boolean> => (await fetch(new URL(path, base))).ok,
    rules: async () => (await ask("rules", rules)).groups.flatMap((group) => group.rules),
  };
}
export type Prometheus = ReturnType<typeof prometheusAt>;
