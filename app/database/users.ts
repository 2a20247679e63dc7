import { z } from "zod";
import { planSql, type Plan } from "../plans.ts";
import { locales, type Locale } from "../telegram/texts.ts";
import type { ActiveWindow } from "../metric-labels.ts";
import type { Database, Row, Statement, Transaction } from "./pool.ts";

export const userTypes = ["participant", "cofounder", "team"] as const;
export type UserType = (typeof userTypes)[number];

export const profileFields = ["type", "name", "about", "skills", "city", "searching"] as const;
export type ProfileField = (typeof profileFields)[number];

const profileDialogue = z.object({ flow: z.enum(["onboarding", "edit"]), field: z.enum(profileFields) });
/** A question of the profile: on the way through all of them, or to change one. */
export type ProfileDialogue = z.infer<typeof profileDialogue>;

/** What to look for; `filter` is the button that shows the search as it is so far. */
const searchDialogue = z.object({
  flow: z.literal("search"),
  field: z.enum(["city", "words"]),
  filter: z.string(),
});
export type SearchDialogue = z.infer<typeof searchDialogue>;

/** The name of a new team. */
const teamDialogue = z.object({ flow: z.literal("team") });

const mentorDialogue = z.object({ flow: z.literal("mentor") });

const dialogue = z.union([profileDialogue, searchDialogue, teamDialogue, mentorDialogue]);
/** The question that is open; for the mentor, that of the person. */
export type Dialogue = z.infer<typeof dialogue>;

export const ofProfile = (open: Dialogue): open is ProfileDialogue =>
  open.flow === "onboarding" || open.flow === "edit";

const user = z.object({
  id: z.number(),
  user_type: z.enum(userTypes).nullable(),
  name: z.string().nullable(),
  about: z.string().nullable(),
  skills: z.array(z.string()),
  city: z.string().nullable(),
  is_searching: z.boolean(),
  // Written by another version of the bot perhaps: what is not understood is no open question.
  dialogue: dialogue.nullable().catch(null),
  chosen_language: z.enum(locales).nullable(),
  notifications: z.boolean(),
  search_text: z.string().nullable(),
  plan: z.enum(["free", "premium"]),
  deleted: z.boolean(),
  stale: z.boolean(),
});

export interface User {
  readonly id: number;
  readonly userType: UserType | null;
  readonly name: string | null;
  readonly about: string | null;
  readonly skills: readonly string[];
  readonly city: string | null;
  readonly isSearching: boolean;
  readonly dialogue: Dialogue | null;
  /** The language that the person chose; null for that of their Telegram. */
  readonly chosenLanguage: Locale | null;
  /** Whether the person wants messages that answer nothing. */
  readonly notifications: boolean;
  /** The words that the person looked for last. */
  readonly searchText: string | null;
  readonly plan: Plan;
}

/** Reads a person. `stale`: the row needs `touchUser`. */
export const selectUser = (userId: number): Statement => ({
  sql:
    "SELECT id, user_type, name, about, skills, city, is_searching, dialogue, chosen_language, notifications, " +
    "search_text, " +
    `${planSql} AS plan, ` +
    "deleted_at IS NOT NULL AS deleted, " +
    "(blocked_at IS NOT NULL OR last_active < now() - interval '1 minute') AS stale " +
    "FROM users WHERE id = $1",
  values: [userId],
});

/** A person as read from the database. */
export interface Known {
  readonly user: User;
  /** Deleted their profile, and has not come back. */
  readonly deleted: boolean;
  readonly stale: boolean;
}

export function parseUser(row: Row): Known {
  const { user_type, is_searching, chosen_language, search_text, deleted, stale, ...rest } = user.parse(row);
  const renamed = {
    userType: user_type,
    isSearching: is_searching,
    chosenLanguage: chosen_language,
    searchText: search_text,
  } as const;
  return { user: { ...rest, ...renamed }, deleted, stale };
}

/**
 * Notes that the person is here. Once a minute is enough: each such write costs an entry in every index of
 * the row.
 */
export function touchUser(userId: number, username: string | undefined, language: string): Statement {
  return {
    sql:
      "UPDATE users SET last_active = now(), blocked_at = NULL, username = $2, " +
      "language = coalesce(chosen_language, $3) WHERE id = $1",
    values: [userId, username ?? null, language],
  };
}

export async function createUser(
  tx: Transaction,
  user: { id: number; username: string | undefined; language: string; dialogue: ProfileDialogue },
): Promise<void> {
  await tx.query(
    "user_create",
    "INSERT INTO users (id, username, language, dialogue) VALUES ($1, $2, $3, $4)",
    [user.id, user.username ?? null, user.language, user.dialogue],
  );
}

const columns = {
  userType: "user_type",
  name: "name",
  about: "about",
  skills: "skills",
  city: "city",
  isSearching: "is_searching",
  dialogue: "dialogue",
  chosenLanguage: "chosen_language",
  notifications: "notifications",
  searchText: "search_text",
} as const satisfies Partial<Record<keyof User, string>>;

export type UserChange = { readonly [K in keyof typeof columns]?: User[K] };

/** Writes the given columns and returns the person as it is now. */
export async function updateUser(tx: Transaction, user: User, change: UserChange): Promise<User> {
  const values = { ...user, ...change };
  const sets = Object.entries(columns).flatMap(([key, column]) =>
    key in change ? [{ column, value: values[key as keyof typeof columns] }] : [],
  );
  await tx.query(
    "user_update",
    `UPDATE users SET ${sets.map(({ column }, i) => `${column} = $${i + 2}`).join(", ")} WHERE id = $1`,
    [user.id, ...sets.map(({ value }) => value)],
  );
  return { ...user, ...change };
}

/** Waits for those who are inviting the person right now, and lets nobody begin to before the transaction ends. */
export async function lockUser(tx: Transaction, id: number): Promise<void> {
  await tx.query("user_update", "SELECT FROM users WHERE id = $1 FOR UPDATE", [id]);
}

/** Hides a person at once; what is known of them stays for a while, in case they come back. */
export async function deleteUser(tx: Transaction, id: number): Promise<void> {
  await tx.query("user_update", "UPDATE users SET deleted_at = now(), dialogue = NULL WHERE id = $1", [id]);
}

/** Brings back who has deleted their profile; `false` when nothing of it is left. */
export async function restoreUser(tx: Transaction, id: number, first: ProfileDialogue): Promise<boolean> {
  const [row] = await tx.query<{ kept: boolean }>(
    "user_update",
    `UPDATE users SET deleted_at = NULL, last_active = now(), anonymised_at = NULL,
       dialogue = CASE WHEN anonymised_at IS NOT NULL THEN $2::jsonb END
     FROM (SELECT anonymised_at IS NULL AS kept FROM users WHERE id = $1) AS before
     WHERE id = $1 RETURNING kept`,
    [id, first],
  );
  return row?.kept === true;
}

/** How many people were here within 5 minutes, an hour and a day; `last_active` is right to the minute. */
export async function countActive(database: Database): Promise<Record<ActiveWindow, number>> {
  const [row] = await database.query<Record<ActiveWindow, number>>(
    "users_active",
    `SELECT count(*) FILTER (WHERE last_active > now() - interval '5 minutes') AS "5m",
       count(*) FILTER (WHERE last_active > now() - interval '1 hour') AS "1h", count(*) AS "24h"
     FROM users WHERE last_active > now() - interval '24 hours' AND deleted_at IS NULL`,
  );
  return row ?? { "5m": 0, "1h": 0, "24h": 0 };
}
