import { Composer, InlineKeyboard } from "grammy";
import { deleteResult, filesOfResult, findResult, keptDays, listResults } from "../database/csv-results.ts";
import type { BotContext } from "../telegram/context.ts";
import { largestDownload } from "../telegram/download.ts";
import { StoredFile } from "../telegram/stored-file.ts";
import { day, escape, shorten } from "../telegram/texts.ts";
import { messageOptions, say } from "./say.ts";

/**
 * What people's CSV files said, kept for a while. Buttons: `results:page:<number>`, `results:one|open|delete:<result>`.
 */
export const results = new Composer<BotContext>();

const pageSize = 8;

async function list(ctx: BotContext, userId: number, page: number): Promise<void> {
  const { t } = ctx;
  const { results: found, more } = await listResults(ctx.tx.query, userId, page, pageSize);
  if (found.length === 0 && page === 0)
    return say(ctx, t("results-empty", { max: largestDownload / 1024 / 1024 }));
  const keyboard = new InlineKeyboard();
  for (const { id, name, createdAt } of found) {
    keyboard.text(`${shorten(name, 30)} · ${day(ctx.locale, createdAt)}`, `results:one:${id}`).row();
  }
  if (page > 0) keyboard.text(t("search-button-previous"), `results:page:${page - 1}`);
  if (more) keyboard.text(t("search-button-next"), `results:page:${page + 1}`);
  await say(ctx, t("results", { days: keptDays }), keyboard);
}

results.command("results", async (ctx, next) => {
  if (ctx.user === undefined) await next();
  else await list(ctx, ctx.user.id, 0);
});

results.callbackQuery(/^results:page:(\d{1,3})$/, async (ctx, next) => {
  if (ctx.user === undefined) return next();
  await ctx.answerCallbackQuery();
  await list(ctx, ctx.user.id, Number(ctx.match[1]));
});

results.callbackQuery(/^results:(one|open|delete):(\d{1,15})$/, async (ctx, next) => {
  if (ctx.user === undefined) return next();
  const { tx, t, user } = ctx;
  const [, action, id] = ctx.match;
  const result = await findResult(tx.query, user.id, Number(id));
  if (result === undefined) {
    await ctx.answerCallbackQuery(t("results-gone"));
    return list(ctx, user.id, 0);
  }
  if (action === "delete") {
    await deleteResult(tx.query, user.id, result.id);
    await ctx.answerCallbackQuery(t("results-deleted"));
    return list(ctx, user.id, 0);
  }
  await ctx.answerCallbackQuery();
  if (action === "open") {
    const { picture, table } = await filesOfResult(tx.query, result.id);
    await ctx.reply(result.summary, messageOptions());
    if (picture !== undefined) await ctx.replyWithPhoto(new StoredFile(picture));
    if (table !== undefined)
      await ctx.replyWithDocument(new StoredFile(table), { caption: t("csv-cleaned") });
    return;
  }
  const keyboard = new InlineKeyboard()
    .text(t("results-open"), `results:open:${result.id}`)
    .text(t("results-delete"), `results:delete:${result.id}`)
    .row()
    .text(t("results-back"), "results:page:0");
  const values = { name: escape(shorten(result.name, 60)), date: day(ctx.locale, result.createdAt) };
  await say(ctx, t("results-one", { ...values, rows: result.rows, rowsText: result.rows }), keyboard);
});
