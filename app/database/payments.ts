import { planSql, type Plan } from "../plans.ts";
import type { Query } from "./pool.ts";

export interface Payment {
  /** Ours, short enough for a button. */
  readonly id: number;
  /** Telegram's. */
  readonly chargeId: string;
  readonly userId: number;
  readonly stars: number;
  readonly paidAt: Date;
  readonly refunded: boolean;
}

/**
 * Notes a payment and gives its days of premium from the end of those that are there. Returns until when there is
 * premium, null when the person is not known or nothing was given, undefined when the payment was noted before.
 */
export async function addPayment(
  query: Query,
  payment: Pick<Payment, "chargeId" | "userId" | "stars"> & { readonly days: number },
): Promise<Date | null | undefined> {
  const { chargeId, userId, stars, days } = payment;
  const added = await query(
    "payment_add",
    "INSERT INTO payments (charge_id, user_id, stars, days) VALUES ($1, $2, $3, $4) " +
      "ON CONFLICT (charge_id) DO NOTHING RETURNING id",
    [chargeId, userId, stars, days],
  );
  if (added.length === 0) return undefined;
  if (days === 0) return null;
  const [row] = await query<{ premium_until: Date }>(
    "payment_add",
    "UPDATE users SET premium_until = greatest(premium_until, now()) + make_interval(days => $2) " +
      "WHERE id = $1 RETURNING premium_until",
    [userId, days],
  );
  return row?.premium_until ?? null;
}

export interface Refunded {
  readonly userId: number;
  readonly stars: number;
  /** Until when premium lasts now, null without any. */
  readonly premiumUntil: Date | null;
  readonly language: string;
  /** Whether the person can be told: is known, and has neither left nor blocked the bot. */
  readonly reachable: boolean;
}

/**
 * Notes a refund, once, and takes back what would not be left of premium had the payment never been: days that are
 * over stay used, and later payments move up. `undefined` when the payment is not known, or refunded before.
 */
export async function refundPayment(query: Query, chargeId: string): Promise<Refunded | undefined> {
  // Each payment begins when it was made or when those before it end, whichever is later; the last end of all is the
  // largest of "made, and then its own days and those of all later ones".
  const [row] = await query<{
    user_id: number;
    stars: number;
    premium_until: Date | null;
    language: string;
    reachable: boolean;
  }>(
    "payment_refund",
    `WITH refunded AS (
       UPDATE payments SET refunded_at = now() WHERE charge_id = $1 AND refunded_at IS NULL
       RETURNING id, user_id, stars),
     sums AS (
       SELECT p.id = refunded.id AS taken, p.paid_at, sum(p.days) OVER later AS days,
         sum(p.days) FILTER (WHERE p.id <> refunded.id) OVER later AS other_days
       FROM payments AS p JOIN refunded USING (user_id) WHERE p.refunded_at IS NULL
       WINDOW later AS (ORDER BY p.paid_at DESC, p.id DESC)),
     ends AS (
       SELECT max(paid_at + days * interval '1 day') AS with_it,
         max(paid_at + other_days * interval '1 day') FILTER (WHERE NOT taken) AS without_it
       FROM sums),
     changed AS (
       UPDATE users SET premium_until = nullif(greatest(now(),
         premium_until - (greatest(with_it, now()) - greatest(without_it, now()))), now())
       FROM refunded, ends WHERE users.id = refunded.user_id
       RETURNING premium_until, language, blocked_at IS NULL AND deleted_at IS NULL AS reachable)
     SELECT user_id, stars, premium_until, coalesce(language, 'en') AS language,
       coalesce(reachable, false) AS reachable
     FROM refunded LEFT JOIN changed ON true`,
    [chargeId],
  );
  if (row === undefined) return undefined;
  const { user_id, premium_until, ...rest } = row;
  return { ...rest, userId: user_id, premiumUntil: premium_until };
}

/** The plan of a person, who need not be known. */
export async function planOf(query: Query, userId: number): Promise<Plan> {
  const [row] = await query<{ plan: Plan }>(
    "user_plan",
    `SELECT ${planSql} AS plan FROM users WHERE id = $1`,
    [userId],
  );
  return row?.plan ?? "free";
}

const columns =
  'id, charge_id AS "chargeId", user_id AS "userId", stars, paid_at AS "paidAt", refunded_at IS NOT NULL AS refunded';

/** The latest payments, of all people or of one. */
export function latestPayments(query: Query, limit: number, userId?: number): Promise<Payment[]> {
  return query(
    "payment_list",
    `SELECT ${columns} FROM payments WHERE $2::bigint IS NULL OR user_id = $2 ORDER BY id DESC LIMIT $1`,
    [limit, userId ?? null],
  );
}

/** A payment by our id, or by Telegram's. */
export async function findPayment(query: Query, by: number | string): Promise<Payment | undefined> {
  const column = typeof by === "number" ? "id" : "charge_id";
  const [row] = await query<Payment>("payment_list", `SELECT ${columns} FROM payments WHERE ${column} = $1`, [
    by,
  ]);
  return row;
}
