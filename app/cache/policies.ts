import { z } from "zod";

export interface Policy<T> {
  /** For so long, 10 % more or less, so that not all of it ends at once. */
  readonly seconds: number;
  /** What cannot be read as this (another version of the bot wrote it) counts as missing. */
  readonly schema: z.ZodType<T>;
}

const choices = z.array(z.object({ label: z.string(), code: z.string() }));

/**
 * Everything that is cached. Whatever must be right (people, dialogues, receipts) is read from Postgres each time.
 *
 * `search`: ids of whom a search finds. `popular`: skills and cities that are offered.
 */
export const policies = {
  search: { seconds: 1800, schema: z.array(z.number()) },
  popular: { seconds: 1800, schema: choices },
} satisfies Record<string, Policy<unknown>>;

export type PolicyName = keyof typeof policies;
export const policyNames = Object.keys(policies) as PolicyName[];
export type Kept<N extends PolicyName> = z.infer<(typeof policies)[N]["schema"]>;
