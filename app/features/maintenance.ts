import { Composer, InlineKeyboard } from "grammy";
import { readMaintenance, writeMaintenance, type Maintenance } from "../database/maintenance.ts";
import type { BotContext } from "../telegram/context.ts";
import { characters, escape } from "../telegram/texts.ts";
import { say } from "./say.ts";

/** Admins turn the maintenance on and off. Buttons: `maintenance:<ask, on, off or cancel>`. */
export const maintenance = new Composer<BotContext>();
const admins = maintenance.filter(({ admin }) => admin);

/** What fits into the alert of a button. */
const LONGEST = 200;

const line = ({ t }: BotContext, { text }: Maintenance): string => escape(text ?? t("maintenance"));

async function showOn(ctx: BotContext, state: Maintenance): Promise<void> {
  const keyboard = new InlineKeyboard().text(ctx.t("maintenance-turn-off"), "maintenance:off");
  const minutes = Math.max(0, Math.floor((Date.now() - state.since) / 60_000));
  await say(ctx, ctx.t("maintenance-is-on", { text: line(ctx, state), minutes }), keyboard);
}

/** Asks before turning it on, and keeps the text until the answer. */
async function ask(ctx: BotContext, text: string | null): Promise<void> {
  const state = { on: false, text, since: 0 };
  await writeMaintenance(ctx.tx.query, state);
  const keyboard = new InlineKeyboard()
    .text(ctx.t("maintenance-turn-on"), "maintenance:on")
    .row()
    .text(ctx.t("button-cancel"), "maintenance:cancel");
  await say(ctx, ctx.t("maintenance-ask", { text: line(ctx, state) }), keyboard);
}

admins.command("maintenance", async (ctx) => {
  const state = await readMaintenance(ctx.tx.query);
  if (state.on) return showOn(ctx, state);
  const text = ctx.match.trim();
  const { length } = characters(text);
  if (length > LONGEST) return say(ctx, ctx.t("maintenance-too-long", { length, max: LONGEST }));
  await ask(ctx, text === "" ? null : text);
});

admins.callbackQuery("maintenance:ask", async (ctx) => {
  await ctx.answerCallbackQuery();
  const state = await readMaintenance(ctx.tx.query);
  await (state.on ? showOn(ctx, state) : ask(ctx, null));
});

admins.callbackQuery("maintenance:on", async (ctx) => {
  const before = await readMaintenance(ctx.tx.query);
  const state = before.on ? before : { ...before, on: true, since: Date.now() };
  await writeMaintenance(ctx.tx.query, state);
  ctx.log.warn({ admin: ctx.from.id }, "maintenance begins");
  await ctx.answerCallbackQuery();
  await showOn(ctx, state);
});

admins.callbackQuery("maintenance:off", async (ctx) => {
  await writeMaintenance(ctx.tx.query, { on: false, text: null, since: 0 });
  ctx.log.warn({ admin: ctx.from.id }, "maintenance ends");
  await ctx.answerCallbackQuery();
  await say(ctx, ctx.t("maintenance-off"));
});

admins.callbackQuery("maintenance:cancel", async (ctx) => {
  await ctx.answerCallbackQuery();
  await say(ctx, ctx.t("cancelled"));
});
