import { randomBytes } from "node:crypto";
import type { Query } from "../database/pool.ts";
import { digest, isOneOf, sameDigest } from "../secret.ts";

/** Each may do what those before it may. viewer: looks. operator: acts. owner: also restores, gives and takes tokens. */
export const roles = ["viewer", "operator", "owner"] as const;
export type Role = (typeof roles)[number];

export const mayAct = (role: Role, needed: Role): boolean => roles.indexOf(role) >= roles.indexOf(needed);

/** Who asks. */
export interface Caller {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
}

export interface Token extends Caller {
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
}

/** A token that was just made; its text is shown once and known to nobody afterwards. */
export interface FreshToken extends Token {
  readonly text: string;
}

/** Days for which a token may be good. */
export const lifetime = { min: 1, max: 366, default: 90 } as const;

const shape = /^launchlab_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;
const nobody = digest("");

const columns = `id, name, role, created_at AS "createdAt", expires_at AS "expiresAt", revoked_at AS "revokedAt"`;

/** Makes a token. */
export async function createToken(query: Query, name: string, role: Role, days: number): Promise<FreshToken> {
  const id = randomBytes(8).toString("hex");
  const secret = randomBytes(32).toString("base64url");
  const [token] = await query<Token>(
    "admin_token",
    `INSERT INTO admin_tokens (id, name, role, hash, days, expires_at)
     VALUES ($1, $2, $3, $4, $5, now() + make_interval(days => $5)) RETURNING ${columns}`,
    [id, name, role, digest(secret), days],
  );
  if (token === undefined) throw new Error("the database gave no row");
  return { ...token, text: `launchlab_${id}_${secret}` };
}

/** All tokens, those that are over included. */
export const listTokens = (query: Query): Promise<Token[]> =>
  query("admin_token", `SELECT ${columns} FROM admin_tokens ORDER BY created_at, id`);

/** From now on the token is good for nothing; undefined when there is none that is. */
export async function revokeToken(query: Query, id: string): Promise<Token | undefined> {
  const [token] = await query<Token>(
    "admin_token",
    `UPDATE admin_tokens SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL AND expires_at > now()
     RETURNING ${columns}`,
    [id],
  );
  return token;
}

/**
 * Makes a token with the name, role and lifetime of another, which stays good for at most so many hours more. Undefined
 * when that one is good for nothing.
 */
export async function rotateToken(query: Query, id: string, hours: number): Promise<FreshToken | undefined> {
  const [old] = await query<{ name: string; role: Role; days: number }>(
    "admin_token",
    `UPDATE admin_tokens SET expires_at = least(expires_at, now() + make_interval(hours => $2))
     WHERE id = $1 AND revoked_at IS NULL AND expires_at > now() RETURNING name, role, days`,
    [id, hours],
  );
  return old && createToken(query, old.name, old.role, old.days);
}

/** Whose token this is; undefined when it is good for nothing. The time taken says nothing about a secret. */
export async function callerOf(query: Query, text: string): Promise<Caller | undefined> {
  const [, id, secret = ""] = shape.exec(text) ?? [];
  if (id === undefined) return undefined;
  const [row] = await query<Caller & { hash: Buffer }>(
    "admin_token",
    "SELECT id, name, role, hash FROM admin_tokens WHERE id = $1 AND revoked_at IS NULL AND expires_at > now()",
    [id],
  );
  if (!sameDigest(row?.hash ?? nobody, digest(secret)) || row === undefined) return undefined;
  return { id: row.id, name: row.name, role: row.role };
}

/** Whether it is one of the tokens that came with the configuration. */
export const isStackToken = (tokens: readonly string[], text: string): boolean =>
  isOneOf(tokens.map(digest), text);
