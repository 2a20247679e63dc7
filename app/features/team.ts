import { Composer, InlineKeyboard } from "grammy";
import { createTeam, teamIdOf } from "../database/teams.ts";
import { updateUser, type User } from "../database/users.ts";
import type { BotContext } from "../telegram/context.ts";
import { parseField } from "./fields.ts";
import { say } from "./say.ts";
import { showTeam } from "./team-view.ts";

/** The team of a person, and how to found one. Buttons: `team`, `team:create`, `team:stop`. */
export const team = new Composer<BotContext>();

team.command("team", async (ctx, next) => {
  if (ctx.user === undefined) await next();
  else await showTeam(ctx, ctx.user.id);
});

team.callbackQuery("team", async (ctx, next) => {
  if (ctx.user === undefined) return next();
  await ctx.answerCallbackQuery();
  await showTeam(ctx, ctx.user.id);
});

const stopButton = ({ t }: BotContext) => new InlineKeyboard().text(t("button-cancel"), "team:stop");

team.callbackQuery("team:create", async (ctx, next) => {
  if (ctx.user === undefined) return next();
  await ctx.answerCallbackQuery();
  if ((await teamIdOf(ctx.tx, ctx.user.id)) !== undefined) return showTeam(ctx, ctx.user.id);
  await updateUser(ctx.tx, ctx.user, { dialogue: { flow: "team" } });
  await say(ctx, ctx.t("ask-team-name"), stopButton(ctx));
});

team.callbackQuery("team:stop", async (ctx, next) => {
  if (ctx.user === undefined) return next();
  await ctx.answerCallbackQuery();
  // The button may be older than the question that is open now.
  if (ctx.user.dialogue?.flow === "team") await updateUser(ctx.tx, ctx.user, { dialogue: null });
  await showTeam(ctx, ctx.user.id);
});

async function found(ctx: BotContext, user: User, text: string): Promise<void> {
  // A team may be called whatever a person may.
  const parsed = parseField("name", text);
  if ("problem" in parsed) return say(ctx, ctx.t(parsed.problem, parsed.values), stopButton(ctx));
  await updateUser(ctx.tx, user, { dialogue: null });
  // They may have joined another team since the question.
  const free = (await teamIdOf(ctx.tx, user.id)) === undefined;
  if (free) await createTeam(ctx.tx, user.id, parsed.change.name ?? "");
  await showTeam(ctx, user.id, free ? ctx.t("team-created") : ctx.t("team-other"));
}

team.on("message:text", async (ctx, next) => {
  const { user } = ctx;
  const { text } = ctx.message;
  if (user?.dialogue?.flow !== "team" || text.startsWith("/")) return next();
  await found(ctx, user, text);
});
