import { Composer, InlineKeyboard } from "grammy";
import {
  addInvitation,
  endInvitation,
  lockCandidate,
  readInvitation,
  type Candidate,
} from "../database/invitations.ts";
import { addMember, lockTeam, lockTeamOf, teamIdOf, type Person, type Team } from "../database/teams.ts";
import type { BotContext } from "../telegram/context.ts";
import { escape, type Translate } from "../telegram/texts.ts";
import { say } from "./say.ts";
import { seekerKeyboard, showTeam, teamKeyboard } from "./team-view.ts";
import { nameLink, shortName, tell } from "./tell.ts";

/** Inviting and answering. Buttons: `invite:<person>`, `invitation:<accept, decline or cancel>:<invitation>`. */
export const invitations = new Composer<BotContext>();

/** Buttons of an invitation that is open. */
export const answerKeyboard = (t: Translate, id: number): InlineKeyboard =>
  new InlineKeyboard()
    .text(t("invitation-accept"), `invitation:accept:${id}`)
    .text(t("invitation-decline"), `invitation:decline:${id}`);

/** Tells somebody that they are not invited any more. */
export async function tellTakenBack(ctx: BotContext, invited: Person, team: string): Promise<void> {
  await tell(ctx, invited, (t) => ({
    text: t("invitation-cancelled", { team: escape(team) }),
    keyboard: seekerKeyboard(t),
  }));
}

/** Why a team cannot invite anybody now. */
function teamRefusal(
  t: Translate,
  { owner, members, invited, limits }: Team,
  userId: number,
): string | undefined {
  if (owner.id !== userId) return t("invite-not-owner");
  if (members.length >= limits.teamSize) return t("invite-full", { max: limits.teamSize });
  if (invited.length >= limits.openInvitations) return t("invite-too-many", { max: limits.openInvitations });
  return undefined;
}

/** Why this person cannot be invited now. */
function personRefusal(t: Translate, team: Team, person: Candidate): string | undefined {
  if (!person.isSearching || !person.reachable) return t("invite-unavailable");
  const name = shortName(t, person);
  if (person.inTeam) return t("invite-in-team", { name });
  if (team.invited.some(({ id }) => id === person.id)) return t("invite-open", { name });
  return person.recent ? t("invite-recent", { name }) : undefined;
}

invitations.callbackQuery(/^invite:(\d{1,15})$/, async (ctx, next) => {
  const { user, t, tx } = ctx;
  if (user === undefined) return next();
  // The answers are notices, so that the page of the search stays.
  const refuse = (text: string) => ctx.answerCallbackQuery({ text, show_alert: true });
  const team = await lockTeamOf(tx, user.id);
  if (team === undefined) return refuse(t("invite-no-team"));
  const refusal = teamRefusal(t, team, user.id);
  if (refusal !== undefined) return refuse(refusal);
  const person = await lockCandidate(tx, team.id, Number(ctx.match[1]));
  if (person === undefined) return refuse(t("invite-unavailable"));
  const problem = personRefusal(t, team, person);
  if (problem !== undefined) return refuse(problem);
  const id = await addInvitation(tx, team.id, person.id);
  await tell(ctx, person, (t) => ({
    text: t("invitation", {
      person: nameLink(t, team.owner),
      team: escape(team.name),
      count: team.members.length,
    }),
    keyboard: answerKeyboard(t, id),
  }));
  await ctx.answerCallbackQuery(t("invite-sent", { name: shortName(t, person) }));
});

/** What became of an invitation, in place of its buttons. */
async function showEnded(ctx: BotContext, id: number, userId: number): Promise<void> {
  const { t } = ctx;
  const invitation = await readInvitation(ctx.tx, id, userId);
  const state = invitation?.state ?? "gone";
  const values = invitation && { team: escape(invitation.team) };
  await ctx.answerCallbackQuery();
  await say(ctx, t(`invitation-${state}`, values), seekerKeyboard(t));
}

invitations.callbackQuery(/^invitation:accept:(\d{1,15})$/, async (ctx, next) => {
  const { user, t, tx } = ctx;
  if (user === undefined) return next();
  const id = Number(ctx.match[1]);
  const refuse = (text: string) => ctx.answerCallbackQuery({ text, show_alert: true });
  const invitation = await readInvitation(tx, id, user.id);
  const team = invitation && (await lockTeam(tx, invitation.teamId));
  const me = team?.invited.find((person) => person.invitation === id);
  if (team === undefined || me === undefined) return showEnded(ctx, id, user.id);
  if ((await teamIdOf(tx, user.id)) !== undefined) return refuse(t("join-in-team"));
  if (team.members.length >= team.limits.teamSize) return refuse(t("join-full"));
  // Its time may just be over.
  if (!(await endInvitation(tx, id, user.id, "accepted"))) return showEnded(ctx, id, user.id);
  await addMember(tx, team.id, user.id);
  await tell(ctx, team.owner, (t) => ({
    text: t("invitation-joined", { person: nameLink(t, me), team: escape(team.name) }),
    keyboard: teamKeyboard(t),
  }));
  await ctx.answerCallbackQuery();
  await showTeam(ctx, user.id, t("invitation-welcome"));
});

invitations.callbackQuery(/^invitation:decline:(\d{1,15})$/, async (ctx, next) => {
  const { user, tx } = ctx;
  if (user === undefined) return next();
  const id = Number(ctx.match[1]);
  const ended = await endInvitation(tx, id, user.id, "declined");
  const invitation = ended ? await readInvitation(tx, id, user.id) : undefined;
  if (invitation !== undefined) {
    const me = { id: user.id, name: user.name, username: ctx.from.username ?? null };
    await tell(ctx, invitation.owner, (t) => ({
      text: t("invitation-refused", { person: nameLink(t, me), team: escape(invitation.team) }),
      keyboard: seekerKeyboard(t),
    }));
  }
  await showEnded(ctx, id, user.id);
});

invitations.callbackQuery(/^invitation:cancel:(\d{1,15})$/, async (ctx, next) => {
  const { user, t, tx } = ctx;
  if (user === undefined) return next();
  const id = Number(ctx.match[1]);
  const team = await lockTeamOf(tx, user.id);
  const person =
    team?.owner.id === user.id ? team.invited.find(({ invitation }) => invitation === id) : undefined;
  const cancelled =
    team !== undefined && person !== undefined && (await endInvitation(tx, id, person.id, "cancelled"));
  if (cancelled) await tellTakenBack(ctx, person, team.name);
  await ctx.answerCallbackQuery(cancelled ? t("invite-taken-back") : t("team-changed"));
  await showTeam(ctx, user.id);
});
