/** What people pay for; whatever depends on it asks here, and nowhere else. */
export type Plan = "free" | "premium";

/** The plan as it is now, of a row of `users`. */
export const planSql = "CASE WHEN premium_until > now() THEN 'premium' ELSE 'free' END";

export interface Limits {
  /** Questions to the AI mentor in a day, in UTC. */
  readonly questionsPerDay: number;
  /** How many times the requests per minute of the configuration. */
  readonly requestsFactor: number;
  /** Members of a team, its owner included. */
  readonly teamSize: number;
  /** Invitations of a team that are not answered yet. */
  readonly openInvitations: number;
  /** Results of CSV files that are kept. */
  readonly keptResults: number;
}

const plans: Readonly<Record<Plan, Limits>> = {
  free: { questionsPerDay: 10, requestsFactor: 1, teamSize: 5, openInvitations: 5, keptResults: 10 },
  premium: { questionsPerDay: 100, requestsFactor: 3, teamSize: 20, openInvitations: 20, keptResults: 100 },
};

/** What a plan gives. */
export const limitsOf = (plan: Plan): Limits => plans[plan];
