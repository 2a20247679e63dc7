import { InlineKeyboard } from "grammy";
import { openInvitations, type Invitation } from "../database/invitations.ts";
import { readTeamOf, type Team } from "../database/teams.ts";
import { limitsOf } from "../plans.ts";
import type { BotContext } from "../telegram/context.ts";
import { escape, shorten, type Translate } from "../telegram/texts.ts";
import { say } from "./say.ts";
import { nameLink, shortName } from "./tell.ts";

/** Buttons of a message to somebody who is told about a team. */
export const teamKeyboard = (t: Translate): InlineKeyboard =>
  new InlineKeyboard().text(t("menu-team"), "team");

/** Buttons for somebody who is in no team, or not in this one any more. */
export const seekerKeyboard = (t: Translate): InlineKeyboard =>
  new InlineKeyboard().text(t("menu-search"), "search:a:0:").text(t("menu-team"), "team");

function teamText(t: Translate, team: Team): string {
  const { name, owner, members, invited, limits } = team;
  const lines = members.map((member) =>
    t(member.id === owner.id ? "team-owner" : "team-member", { person: nameLink(t, member) }),
  );
  const waiting = invited.map((person) =>
    t("team-invited-person", { person: nameLink(t, person), hours: person.hours }),
  );
  return [
    t("team", { name: escape(name), count: members.length, max: limits.teamSize }),
    lines.join("\n"),
    ...(waiting.length > 0 ? [[t("team-invited"), ...waiting].join("\n")] : []),
  ].join("\n\n");
}

function teamButtons(t: Translate, { owner, members, invited, limits }: Team, me: number): InlineKeyboard {
  const buttons = new InlineKeyboard();
  if (owner.id !== me) return buttons.text(t("team-leave"), "team:ask:leave").row();
  for (const person of invited) {
    buttons
      .text(t("team-take-back", { name: shortName(t, person) }), `invitation:cancel:${person.invitation}`)
      .row();
  }
  if (members.length > 1) {
    buttons.text(t("team-hand"), "team:pick:hand").text(t("team-remove"), "team:pick:remove").row();
  }
  const full = members.length >= limits.teamSize || invited.length >= limits.openInvitations;
  if (full && limits !== limitsOf("premium")) buttons.text(t("menu-premium"), "premium").row();
  return buttons.text(t("team-dissolve"), "team:ask:dissolve").row();
}

function invitationsText(t: Translate, invitations: readonly Invitation[]): string {
  const lines = invitations.map(({ team, owner, hours }) =>
    t("team-invitation", { team: escape(shorten(team, 40)), person: nameLink(t, owner), hours }),
  );
  return [t("team-invitations"), ...lines].join("\n");
}

/** Shows the team of the person, or how to get into one, and what they are invited to; below `head`. */
export async function showTeam(ctx: BotContext, userId: number, head?: string): Promise<void> {
  const { t, tx } = ctx;
  const team = await readTeamOf(tx, userId);
  const invitations = await openInvitations(tx, userId);
  const buttons =
    team === undefined
      ? new InlineKeyboard().text(t("team-create"), "team:create").row()
      : teamButtons(t, team, userId);
  for (const { id, team } of invitations) {
    const name = shorten(team, 24);
    buttons
      .text(t("team-join", { team: name }), `invitation:accept:${id}`)
      .text(t("team-decline", { team: name }), `invitation:decline:${id}`)
      .row();
  }
  const invites = team?.owner.id === userId && team.members.length < team.limits.teamSize;
  buttons.text(t(invites ? "team-invite" : "menu-search"), "search:a:0:").text(t("menu-help"), "help");
  const parts = [
    ...(head === undefined ? [] : [head]),
    team === undefined ? t("team-none") : teamText(t, team),
    ...(invitations.length > 0 ? [invitationsText(t, invitations)] : []),
  ];
  await say(ctx, parts.join("\n\n"), buttons);
}
