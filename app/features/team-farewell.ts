import { endInvitations } from "../database/invitations.ts";
import { changeOwner, deleteTeam, lockTeamOf, removeMember } from "../database/teams.ts";
import { lockUser, type User } from "../database/users.ts";
import type { BotContext } from "../telegram/context.ts";
import { escape } from "../telegram/texts.ts";
import { tellTakenBack } from "./invitations.ts";
import { seekerKeyboard, teamKeyboard } from "./team-view.ts";
import { nameLink, tell } from "./tell.ts";

/**
 * Takes somebody who deletes the profile out of the team, for good. An owner's team goes to the member who is in it for
 * the longest and can be reached; without another member it is dissolved.
 */
export async function leaveTeams(ctx: BotContext, user: User): Promise<void> {
  const { tx } = ctx;
  const team = await lockTeamOf(tx, user.id);
  await lockUser(tx, user.id);
  const others = team?.members.filter(({ id }) => id !== user.id) ?? [];
  const [heir] = [...others.filter(({ reachable }) => reachable), ...others];
  const ended = await endInvitations(tx, {
    userId: user.id,
    teamId: heir === undefined ? team?.id : undefined,
  });
  const me = { id: user.id, name: user.name, username: ctx.from?.username ?? null };
  if (team !== undefined && heir === undefined) {
    await deleteTeam(tx, team.id);
  } else if (team !== undefined && heir !== undefined) {
    const owned = team.owner.id === user.id;
    if (owned) await changeOwner(tx, team.id, heir.id);
    await removeMember(tx, user.id);
    const name = escape(team.name);
    await tell(ctx, owned ? heir : team.owner, (t) => ({
      text: owned
        ? t("team-inherited", { team: name, person: nameLink(t, me) })
        : t("team-left-told", { team: name, person: nameLink(t, me) }),
      keyboard: teamKeyboard(t),
    }));
  }
  for (const invitation of ended) {
    if (invitation.invited.id !== user.id) {
      await tellTakenBack(ctx, invitation.invited, invitation.team);
      continue;
    }
    await tell(ctx, invitation.owner, (t) => ({
      text: t("invitation-left", { team: escape(invitation.team), person: nameLink(t, me) }),
      keyboard: seekerKeyboard(t),
    }));
  }
}
