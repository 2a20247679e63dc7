import { Composer, InlineKeyboard } from "grammy";
import { endInvitations } from "../database/invitations.ts";
import {
  changeOwner,
  deleteTeam,
  lockTeamOf,
  readTeamOf,
  removeMember,
  type Person,
  type Team,
} from "../database/teams.ts";
import type { BotContext } from "../telegram/context.ts";
import { escape } from "../telegram/texts.ts";
import { tellTakenBack } from "./invitations.ts";
import { say } from "./say.ts";
import { seekerKeyboard, showTeam, teamKeyboard } from "./team-view.ts";
import { nameLink, shortName, tell } from "./tell.ts";

/**
 * What ends or changes a membership; each is asked about first. Buttons: `team:pick:<hand or remove>`,
 * `team:ask:<action>[:<member>]`, `team:do:<action>:<team>:<member>`; without another member it is oneself.
 */
export const teamActions = new Composer<BotContext>();

export const actions = ["leave", "dissolve", "hand", "remove"] as const;
type Action = (typeof actions)[number];

/** Whose message it is, and about whom it is: another member, or the person themselves. */
interface Scene {
  readonly team: Team;
  readonly me: Person;
  readonly other: Person;
}

/** Undefined when the person may not do this, or not any more. */
function sceneOf(action: Action, userId: number, otherId: number, team: Team | undefined): Scene | undefined {
  const me = team?.members.find(({ id }) => id === userId);
  const other = team?.members.find(({ id }) => id === otherId);
  if (team === undefined || me === undefined || other === undefined) return undefined;
  const owns = team.owner.id === me.id;
  const alone = action === "leave" || action === "dissolve";
  const allowed = owns === (action !== "leave") && alone === (other.id === me.id);
  return allowed ? { team, me, other } : undefined;
}

async function changed(ctx: BotContext, userId: number): Promise<void> {
  await ctx.answerCallbackQuery(ctx.t("team-changed"));
  await showTeam(ctx, userId);
}

teamActions.callbackQuery(/^team:pick:(hand|remove)$/, async (ctx, next) => {
  const { user, t } = ctx;
  if (user === undefined) return next();
  const action = ctx.match[1] === "hand" ? "hand" : "remove";
  const team = await readTeamOf(ctx.tx, user.id);
  const others = team?.members.filter((member) => member.id !== user.id) ?? [];
  if (team?.owner.id !== user.id || others.length === 0) return changed(ctx, user.id);
  const keyboard = new InlineKeyboard();
  for (const other of others) keyboard.text(shortName(t, other), `team:ask:${action}:${other.id}`).row();
  await ctx.answerCallbackQuery();
  await say(ctx, t(`team-pick-${action}`), keyboard.text(t("team-back"), "team"));
});

teamActions.callbackQuery(/^team:ask:(\w+)(?::(\d{1,15}))?$/, async (ctx, next) => {
  const { user, t } = ctx;
  const action = actions.find((known) => known === ctx.match[1]);
  if (user === undefined || action === undefined) return next();
  const team = await readTeamOf(ctx.tx, user.id);
  const scene = sceneOf(action, user.id, Number(ctx.match[2] ?? user.id), team);
  if (scene === undefined) return changed(ctx, user.id);
  const { other } = scene;
  const data = `team:do:${action}:${scene.team.id}:${other.id}`;
  const keyboard = new InlineKeyboard()
    .text(t(`team-yes-${action}`), data)
    .row()
    .text(t("team-back"), "team");
  const values = { team: escape(scene.team.name), person: nameLink(t, other) };
  await ctx.answerCallbackQuery();
  await say(ctx, t(`team-ask-${action}`, values), keyboard);
});

const effects: Record<Action, (ctx: BotContext, scene: Scene) => Promise<string>> = {
  leave: async (ctx, { team, me }) => {
    await removeMember(ctx.tx, me.id);
    const name = escape(team.name);
    await tell(ctx, team.owner, (t) => ({
      text: t("team-left-told", { team: name, person: nameLink(t, me) }),
      keyboard: teamKeyboard(t),
    }));
    return ctx.t("team-left", { team: name });
  },
  dissolve: async (ctx, { team, me }) => {
    const ended = await endInvitations(ctx.tx, { teamId: team.id });
    await deleteTeam(ctx.tx, team.id);
    const name = escape(team.name);
    for (const member of team.members.filter(({ id }) => id !== me.id)) {
      await tell(ctx, member, (t) => ({
        text: t("team-dissolved-told", { team: name, person: nameLink(t, me) }),
        keyboard: seekerKeyboard(t),
      }));
    }
    for (const { invited } of ended) await tellTakenBack(ctx, invited, team.name);
    return ctx.t("team-dissolved", { team: name });
  },
  hand: async (ctx, { team, me, other }) => {
    await changeOwner(ctx.tx, team.id, other.id);
    const name = escape(team.name);
    await tell(ctx, other, (t) => ({
      text: t("team-handed-told", { team: name, person: nameLink(t, me) }),
      keyboard: teamKeyboard(t),
    }));
    return ctx.t("team-handed", { person: nameLink(ctx.t, other) });
  },
  remove: async (ctx, { team, me, other }) => {
    await removeMember(ctx.tx, other.id);
    const name = escape(team.name);
    await tell(ctx, other, (t) => ({
      text: t("team-removed-told", { team: name, person: nameLink(t, me) }),
      keyboard: seekerKeyboard(t),
    }));
    return ctx.t("team-removed", { person: nameLink(ctx.t, other) });
  },
};

teamActions.callbackQuery(/^team:do:(\w+):(\d{1,15}):(\d{1,15})$/, async (ctx, next) => {
  const { user } = ctx;
  const action = actions.find((known) => known === ctx.match[1]);
  if (user === undefined || action === undefined) return next();
  const team = await lockTeamOf(ctx.tx, user.id);
  const scene = sceneOf(action, user.id, Number(ctx.match[3]), team);
  // The question may have been about an earlier team.
  if (scene === undefined || scene.team.id !== Number(ctx.match[2])) return changed(ctx, user.id);
  const done = await effects[action](ctx, scene);
  await ctx.answerCallbackQuery();
  await showTeam(ctx, user.id, done);
});
