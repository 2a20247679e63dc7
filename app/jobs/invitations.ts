import { callTo, type Call } from "../database/outbox.ts";
import { hoursLeft, isOpen, personJson, type Person } from "../database/teams.ts";
import { answerKeyboard } from "../features/invitations.ts";
import { seekerKeyboard } from "../features/team-view.ts";
import { messageFor, nameLink, type Content } from "../features/tell.ts";
import { escape } from "../telegram/texts.ts";
import { transactionJob } from "./job.ts";

/** Done at once; the rest is left to the next run. */
const MOST = 500;

/** Nobody asked for these messages, so they go to those only who want to hear. */
type Listener = Person & { readonly notifications: boolean };
const listener = (alias: string): string => personJson(alias, `, 'notifications', ${alias}.notifications`);

function messages(person: Listener, content: Content): Call[] {
  return person.reachable && person.notifications
    ? [callTo(person.id, "sendMessage", messageFor(person, content))]
    : [];
}

interface Row {
  readonly id: number;
  readonly team: string;
  readonly hours: number;
  readonly owner: Listener;
  readonly invited: Listener;
}

/** Changes the invitations that `due` finds, and returns them with both sides. */
const change = (set: string, due: string): string =>
  `WITH due AS MATERIALIZED (SELECT i.id FROM invitations AS i WHERE ${due}
     ORDER BY i.expires_at LIMIT ${MOST} FOR UPDATE SKIP LOCKED)
   UPDATE invitations AS i SET ${set} FROM due, teams AS team, users AS o, users AS u
   WHERE i.id = due.id AND team.id = i.team_id AND o.id = team.owner_id AND u.id = i.user_id
   RETURNING i.id, team.name AS team, ${hoursLeft} AS hours, ${listener("o")} AS owner, ${listener("u")} AS invited`;

/** Notes that the time of invitations is over, and tells both sides. Nobody can answer them any more even before. */
export const expireInvitations = transactionJob("invitations_expire", async (tx) => {
  const rows = await tx.query<Row>(
    "invitations_expire",
    change("status = 'expired', ended_at = now()", "i.status = 'pending' AND i.expires_at <= now()"),
  );
  return rows.flatMap(({ team, owner, invited }) => [
    ...messages(invited, (t) => ({
      text: t("invitation-expired", { team: escape(team) }),
      keyboard: seekerKeyboard(t),
    })),
    ...messages(owner, (t) => ({
      text: t("invitation-unanswered", { team: escape(team), person: nameLink(t, invited) }),
      keyboard: seekerKeyboard(t),
    })),
  ]);
});

/** Reminds of invitations once, 24 hours before they expire. */
export const remindInvitations = transactionJob("invitations_remind", async (tx) => {
  const rows = await tx.query<Row>(
    "invitations_remind",
    change(
      "reminded_at = now()",
      `${isOpen} AND i.reminded_at IS NULL AND i.expires_at <= now() + interval '24 hours'`,
    ),
  );
  return rows.flatMap(({ id, team, hours, owner, invited }) =>
    messages(invited, (t) => ({
      text: t("invitation-reminder", { team: escape(team), person: nameLink(t, owner), hours }),
      keyboard: answerKeyboard(t, id),
    })),
  );
});
