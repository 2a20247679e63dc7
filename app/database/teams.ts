import { limitsOf, planSql, type Limits, type Plan } from "../plans.ts";
import type { Locale } from "../telegram/texts.ts";
import type { Transaction } from "./pool.ts";

/*
 * Locks of rows are taken in this order, so that no two transactions wait for each other: one team, then people, then
 * invitations by their ids. Nothing takes a second team. Who joins or leaves a team, and what becomes of its
 * invitations but for a refusal and the end of their time, is decided under the lock of the team.
 */

/** Somebody as others in a team see them, and as the bot writes to them. */
export interface Person {
  readonly id: number;
  readonly name: string | null;
  readonly username: string | null;
  readonly language: Locale;
  /** Neither blocked the bot nor deleted the profile. */
  readonly reachable: boolean;
}

/** Somebody who has not answered yet. */
export interface Invited extends Person {
  readonly invitation: number;
  /** Until the invitation expires, begun hours counted as whole ones. */
  readonly hours: number;
}

export interface Team {
  readonly id: number;
  readonly name: string;
  /** One of the members. */
  readonly owner: Person;
  /** Of the plan of the owner. */
  readonly limits: Limits;
  /** The longest ones first. */
  readonly members: readonly Person[];
  readonly invited: readonly Invited[];
}

/** A `Person` as JSON, from a row of users that is called `u`; `more` adds pairs of keys and values. */
export const personJson = (u: string, more = ""): string =>
  `json_build_object('id', ${u}.id, 'name', ${u}.name, 'username', ${u}.username,
    'language', coalesce(${u}.chosen_language, ${u}.language),
    'reachable', ${u}.blocked_at IS NULL AND ${u}.deleted_at IS NULL${more})`;

/** The hours that are left of an invitation that is called i. */
export const hoursLeft = "ceil(extract(epoch FROM i.expires_at - now()) / 3600)::int";

/** Whether an invitation that is called i can still be answered. */
export const isOpen = "i.status = 'pending' AND i.expires_at > now()";

interface Row {
  readonly id: number;
  readonly name: string;
  readonly owner_id: number;
  readonly plan: Plan;
  readonly members: Person[];
  readonly invited: Invited[];
}

async function readTeam(tx: Transaction, id: number): Promise<Team | undefined> {
  const [row] = await tx.query<Row>(
    "team_read",
    `SELECT id, name, owner_id,
       (SELECT ${planSql} FROM users WHERE users.id = owner_id) AS plan,
       (SELECT json_agg(${personJson("u")} ORDER BY m.joined_at, u.id)
        FROM team_members AS m JOIN users AS u ON u.id = m.user_id WHERE m.team_id = teams.id) AS members,
       (SELECT coalesce(json_agg(${personJson("u", `, 'invitation', i.id, 'hours', ${hoursLeft}`)}
          ORDER BY i.expires_at, i.id), '[]')
        FROM invitations AS i JOIN users AS u ON u.id = i.user_id
        WHERE i.team_id = teams.id AND ${isOpen}) AS invited
     FROM teams WHERE id = $1`,
    [id],
  );
  if (row === undefined) return undefined;
  const { name, members, invited } = row;
  const owner = members.find((member) => member.id === row.owner_id);
  if (owner === undefined) throw new Error(`the owner of team ${id} is none of its members`);
  return { id, name, owner, limits: limitsOf(row.plan), members, invited };
}

/** Locks a team until the end of the transaction, and reads it as it is then. */
export async function lockTeam(tx: Transaction, id: number): Promise<Team | undefined> {
  // Two statements: one that waits for a lock goes on with the members as they were before it waited.
  const [, team] = await Promise.all([
    tx.query("team_lock", "SELECT FROM teams WHERE id = $1 FOR UPDATE", [id]),
    readTeam(tx, id),
  ]);
  return team;
}

export async function teamIdOf(tx: Transaction, userId: number): Promise<number | undefined> {
  const [row] = await tx.query<{ team_id: number }>(
    "team_read",
    "SELECT team_id FROM team_members WHERE user_id = $1",
    [userId],
  );
  return row?.team_id;
}

/** Reads the team that the person is in. */
export async function readTeamOf(tx: Transaction, userId: number): Promise<Team | undefined> {
  const id = await teamIdOf(tx, userId);
  return id === undefined ? undefined : readTeam(tx, id);
}

/** Locks the team that the person is in, and reads it as it is then. */
export async function lockTeamOf(tx: Transaction, userId: number): Promise<Team | undefined> {
  const id = await teamIdOf(tx, userId);
  const team = id === undefined ? undefined : await lockTeam(tx, id);
  // Somebody may have removed the person while this waited for the lock.
  return team?.members.some((member) => member.id === userId) === true ? team : undefined;
}

/** Members of the team that the person owns; 0 without one. */
export async function sizeOfOwnTeam(tx: Transaction, userId: number): Promise<number> {
  const [row] = await tx.query<{ size: number }>(
    "team_read",
    `SELECT count(*)::int AS size FROM teams JOIN team_members ON team_id = teams.id WHERE owner_id = $1`,
    [userId],
  );
  return row?.size ?? 0;
}

/** For somebody who is in no team: that changes only in their own updates, which come one after the other. */
export async function createTeam(tx: Transaction, ownerId: number, name: string): Promise<void> {
  await tx.query(
    "team_write",
    `WITH team AS (INSERT INTO teams (owner_id, name) VALUES ($1, $2) RETURNING id)
     INSERT INTO team_members (user_id, team_id) SELECT $1, id FROM team`,
    [ownerId, name],
  );
}

/** For somebody who is in no team, under the lock of the team. */
export async function addMember(tx: Transaction, teamId: number, userId: number): Promise<void> {
  await tx.query("team_write", "INSERT INTO team_members (user_id, team_id) VALUES ($1, $2)", [
    userId,
    teamId,
  ]);
}

/** Under the lock of the team. */
export async function removeMember(tx: Transaction, userId: number): Promise<void> {
  await tx.query("team_write", "DELETE FROM team_members WHERE user_id = $1", [userId]);
}

/** Under the lock of the team; the new owner is a member. */
export async function changeOwner(tx: Transaction, teamId: number, ownerId: number): Promise<void> {
  await tx.query("team_write", "UPDATE teams SET owner_id = $2 WHERE id = $1", [teamId, ownerId]);
}

/** With its members and invitations; under the lock of the team, and of its open invitations. */
export async function deleteTeam(tx: Transaction, teamId: number): Promise<void> {
  await tx.query("team_write", "DELETE FROM teams WHERE id = $1", [teamId]);
}
