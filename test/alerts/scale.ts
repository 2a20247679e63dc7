import { z } from "zod";
import { seconds } from "../../dashboards/alerts/text.ts";
import type { Duration } from "../../dashboards/catalogue.ts";

/** Rules in which time passes faster: what takes days takes minutes, and numbers mean what they meant. */

const FACTOR = 30;
const HOUR = 3600;
/** Nothing shorter: two samples, a second apart, have to be in every window, with a busy machine in between. */
const LEAST = 4;

/**
 * The length of a window or a wait in seconds. Up to an hour it is a thirtieth; what is longer is shortened more, so that
 * three days are nine minutes, and longer windows stay longer.
 */
export function scaled(duration: Duration): number {
  const length = seconds(duration);
  if (length === 0) return 0;
  const short = Math.min(length, HOUR) / FACTOR + Math.max(0, length - HOUR) / 600;
  return Math.max(LEAST, Math.round(short));
}

const DURATION = "\\d+[smhd]";
const isDuration = (text: string): text is Duration => new RegExp(`^${DURATION}$`).test(text);
const short = (text: string): string => (isDuration(text) ? `${scaled(text)}s` : text);

/**
 * An expression with shorter windows. Numbers of events within a window become as many times smaller as the window;
 * rates, shares, ages, sizes and numbers of restarts stay.
 */
export function scaledExpr(expr: string): string {
  const counts = new RegExp(
    // What an increase is compared with, through aggregations around it; recordings say it in their name.
    `(increase\\([^[]*\\[(${DURATION})\\]\\)|\\w+:increase(${DURATION})\\b)([^<>]*?)([<>]) (\\d+(?:\\.\\d+)?)`,
    "g",
  );
  return expr
    .replace(
      counts,
      (
        all,
        what: string,
        window: string | undefined,
        kept: string | undefined,
        between: string,
        sign: string,
        limit: string,
      ) => {
        const length = window ?? kept ?? "";
        // A ratio of two counts has no unit, and 0 is 0.
        if (!isDuration(length) || between.includes("/")) return all;
        const events = Number(limit) * (scaled(length) / seconds(length));
        return `${what}${between}${sign} ${Number(events.toFixed(3))}`;
      },
    )
    .replace(new RegExp(`\\[(${DURATION})(?::(${DURATION}))?\\]`, "g"), (_, window: string, step?: string) =>
      step === undefined ? `[${short(window)}]` : `[${short(window)}:1s]`,
    )
    .replace(new RegExp(`offset (${DURATION})`, "g"), (_, by: string) => `offset ${short(by)}`);
}

const file = z.object({
  groups: z.array(
    z.looseObject({
      rules: z.array(
        z.looseObject({
          expr: z.string(),
          for: z.string().optional(),
          keep_firing_for: z.string().optional(),
        }),
      ),
    }),
  ),
});

/** A rule file of Prometheus, the same rules with shorter times. */
export function scaledRules(text: string): string {
  const { groups } = file.parse(JSON.parse(text));
  const scaledGroups = groups.map((group) => ({
    ...group,
    rules: group.rules.map((rule) => ({
      ...rule,
      expr: scaledExpr(rule.expr),
      ...(rule.for === undefined ? {} : { for: short(rule.for) }),
      ...(rule.keep_firing_for === undefined ? {} : { keep_firing_for: short(rule.keep_firing_for) }),
    })),
  }));
  return JSON.stringify({ groups: scaledGroups }, null, 2);
}
