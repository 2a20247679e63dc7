import { z } from "zod";
import type { Silence } from "./alertmanager.ts";

const MONTH_MINUTES = 30 * 24 * 60;

const schema = z.object({
  matchers: z
    .array(
      z.object({
        name: z.string().regex(/^[a-zA-Z_]\w*$/, "a matcher names no label"),
        value: z.string().min(1, "a matcher has no value").max(500),
      }),
    )
    .min(1, "choose at least one label: a silence without any would be about every alert")
    .max(20),
  minutes: z
    .number("say how long")
    .int("say how long in whole minutes")
    .min(1, "a silence lasts a minute at least")
    .max(MONTH_MINUTES, "a silence lasts 30 days at most"),
  comment: z.string().trim().min(1, "say why, for those who wonder later").max(500),
  author: z.string().trim().min(1, "say who you are").max(100),
});

/** What somebody wants to be silent, from `now` on, as Alertmanager takes it. Throws a ZodError. */
export function silenceOf(body: unknown, now: Date): Silence {
  const { matchers, minutes, comment, author } = schema.parse(body);
  return {
    matchers: matchers.map((one) => ({ ...one, isRegex: false, isEqual: true })),
    startsAt: now.toISOString(),
    endsAt: new Date(now.getTime() + minutes * 60_000).toISOString(),
    createdBy: author,
    comment,
  };
}
