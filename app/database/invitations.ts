import type { Database, Transaction } from "./pool.ts";
import { hoursLeft, isOpen, personJson, type Person } from "./teams.ts";

/** How an invitation ended. */
export type Ending = "accepted" | "declined" | "cancelled" | "expired";

/** Somebody whom a team may invite. */
export interface Candidate extends Person {
  readonly isSearching: boolean;
  readonly inTeam: boolean;
  /** The same team invited them within 24 h. */
  readonly recent: boolean;
}

/** Reads somebody, who cannot delete the profile before the transaction ends. */
export async function lockCandidate(
  tx: Transaction,
  teamId: number,
  userId: number,
): Promise<Candidate | undefined> {
  const [row] = await tx.query<{ person: Candidate }>(
    "invitation_read",
    `SELECT ${personJson(
      "u",
      `, 'isSearching', u.is_searching,
         'inTeam', EXISTS (SELECT FROM team_members WHERE user_id = u.id),
         'recent', EXISTS (SELECT FROM invitations WHERE team_id = $1 AND user_id = u.id
           AND created_at > now() - interval '24 hours')`,
    )} AS person
     FROM users AS u WHERE u.id = $2 FOR KEY SHARE`,
    [teamId, userId],
  );
  return row?.person;
}

/** For somebody without an open invitation of the team, under its lock. Returns the id. */
export async function addInvitation(tx: Transaction, teamId: number, userId: number): Promise<number> {
  const [row] = await tx.query<{ id: number }>(
    "invitation_write",
    // One whose time is over, which nobody has noted yet, begins anew.
    `INSERT INTO invitations (team_id, user_id) VALUES ($1, $2)
     ON CONFLICT (team_id, user_id) WHERE status = 'pending' DO UPDATE
       SET created_at = now(), expires_at = DEFAULT, reminded_at = NULL
     RETURNING id`,
    [teamId, userId],
  );
  if (row === undefined) throw new Error("the invitation was not stored");
  return row.id;
}

/** Ends an open invitation to the person; `false` when it has ended already, or is none of theirs. */
export async function endInvitation(
  tx: Transaction,
  id: number,
  userId: number,
  ending: Ending,
): Promise<boolean> {
  const rows = await tx.query(
    "invitation_write",
    `UPDATE invitations AS i SET status = $3, ended_at = now()
     WHERE i.id = $1 AND i.user_id = $2 AND ${isOpen} RETURNING i.id`,
    [id, userId, ending],
  );
  return rows.length > 0;
}

/** An invitation as the one sees it who got it. */
export interface Invitation {
  readonly id: number;
  readonly team: string;
  readonly teamId: number;
  readonly owner: Person;
  readonly state: "pending" | Ending;
  readonly hours: number;
}

const columns =
  `i.id, team.name AS team, team.id AS "teamId", ${personJson("u")} AS owner, ${hoursLeft} AS hours, ` +
  "CASE WHEN i.status = 'pending' AND i.expires_at <= now() THEN 'expired' ELSE i.status END AS state " +
  "FROM invitations AS i JOIN teams AS team ON team.id = i.team_id JOIN users AS u ON u.id = team.owner_id";

/** Of the person, whatever became of it; nothing remains of those to a team that was dissolved. */
export async function readInvitation(
  tx: Transaction,
  id: number,
  userId: number,
): Promise<Invitation | undefined> {
  const [row] = await tx.query<Invitation>(
    "invitation_read",
    `SELECT ${columns} WHERE i.id = $1 AND i.user_id = $2`,
    [id, userId],
  );
  return row;
}

/** The open ones to a person that end first, at most 10. */
export function openInvitations(tx: Transaction, userId: number): Promise<Invitation[]> {
  return tx.query(
    "invitation_read",
    `SELECT ${columns} WHERE i.user_id = $1 AND ${isOpen} ORDER BY i.expires_at, i.id LIMIT 10`,
    [userId],
  );
}

/** An invitation that others ended. */
export interface Ended {
  readonly team: string;
  readonly owner: Person;
  readonly invited: Person;
}

/**
 * Ends all open invitations of a team, or all to a person, or both at once, which keeps the order of locks. Returns
 * those that could still be answered.
 */
export async function endInvitations(
  tx: Transaction,
  { teamId, userId }: { readonly teamId?: number | undefined; readonly userId?: number },
): Promise<Ended[]> {
  const rows = await tx.query<Ended & { open: boolean }>(
    "invitation_write",
    `WITH locked AS MATERIALIZED (SELECT id FROM invitations
       WHERE status = 'pending' AND (team_id = $1 OR user_id = $2) ORDER BY id FOR UPDATE)
     UPDATE invitations AS i SET status = 'cancelled', ended_at = now()
     FROM locked, teams AS team, users AS o, users AS u
     WHERE i.id = locked.id AND team.id = i.team_id AND o.id = team.owner_id AND u.id = i.user_id
     RETURNING team.name AS team, ${personJson("o")} AS owner, ${personJson("u")} AS invited,
       i.expires_at > now() AS open`,
    [teamId ?? null, userId ?? null],
  );
  return rows.filter(({ open }) => open);
}

/** Deletes what ended 30 days ago, and whose buttons nobody presses any more; at most 5000 at once. */
export async function purgeInvitations(database: Database): Promise<number> {
  const rows = await database.query(
    "invitation_write",
    `DELETE FROM invitations WHERE id IN (SELECT id FROM invitations
       WHERE ended_at < now() - interval '30 days' LIMIT 5000 FOR UPDATE SKIP LOCKED) RETURNING id`,
  );
  return rows.length;
}
