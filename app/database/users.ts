import { z } from "zod";
import type { Row, Transaction } from "./pool.ts";

export const userTypes = ["participant", "cofounder", "team"] as const;
export type UserType = (typeof userTypes)[number];

export const profileFields = ["type", "name", "about", "skills", "searching"] as const;
export type ProfileField = (typeof profileFields)[number];

const dialogue = z.object({ flow: z.enum(["onboarding", "edit"]), field: z.enum(profileFields) });
/** The question that is open: on the way through all of them, or to change one. */
export type Dialogue = z.infer<typeof dialogue>;

const user = z.object({
  id: z.number(),
  user_type: z.enum(userTypes).nullable(),
  name: z.string().nullable(),
  about: z.string().nullable(),
  skills: z.array(z.string()),
  is_searching: z.boolean(),
  // Written by another version of the bot perhaps: what is not understood is no open question.
  dialogue: dialogue.nullable().catch(null),
  stale: z.boolean(),
});

export interface User {
  readonly id: number;
  readonly userType: UserType | null;
  readonly name: string | null;
  readonly about: string | null;
  readonly skills: readonly string[];
  readonly isSearching: boolean;
  readonly dialogue: Dialogue | null;
}

/** Reads a person; for `Database.begin`. `stale`: the row needs `touchUser`. */
export function selectUser(userId: number): string {
  return (
    "SELECT id, user_type, name, about, skills, is_searching, dialogue, (blocked_at IS NOT NULL OR " +
    `deleted_at IS NOT NULL OR last_active < now() - interval '1 minute') AS stale FROM users WHERE id = ${userId}`
  );
}

export function parseUser(row: Row): { user: User; stale: boolean } {
  const { user_type, is_searching, stale, ...rest } = user.parse(row);
  return { user: { ...rest, userType: user_type, isSearching: is_searching }, stale };
}

/**
 * Notes that the person is here. Once a minute is enough: each such write costs an entry in every index of
 * the row.
 */
export function touchUser(userId: number, username: string | undefined, language: string) {
  return {
    sql:
      "UPDATE users SET last_active = now(), blocked_at = NULL, deleted_at = NULL, username = $2, " +
      "language = $3 WHERE id = $1",
    values: [userId, username ?? null, language],
  };
}

export async function createUser(
  tx: Transaction,
  user: { id: number; username: string | undefined; language: string; dialogue: Dialogue },
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
  isSearching: "is_searching",
  dialogue: "dialogue",
} as const satisfies Partial<Record<keyof User, string>>;

export type UserChange = { readonly [K in keyof typeof columns]?: User[K] };

/** Writes the given columns and returns the person as it is now. */
export async function updateUser(tx: Transaction, user: User, change: UserChange): Promise<User> {
  const { userType, name, about, skills, isSearching, dialogue } = { ...user, ...change };
  const values = { userType, name, about, skills, isSearching, dialogue };
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
