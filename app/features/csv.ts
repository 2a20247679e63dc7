import { Composer, InlineKeyboard } from "grammy";
import { z } from "zod";
import { csvKind } from "../csv/request.ts";
import { addJob, cancelJob, openJobs } from "../database/jobs.ts";
import type { BotContext } from "../telegram/context.ts";
import { largestDownload } from "../telegram/download.ts";
import { storable } from "../telegram/texts.ts";
import { say } from "./say.ts";

/** Takes CSV files; the workers read them. Button: `csv:cancel:<job>`. */
export const csv = new Composer<BotContext>();

/** Files of one person that wait or are read. */
const mostOpen = 10;
/** Files of all people that wait, above which a person is told that it may take a while. */
const busy = 8;

const documentSchema = z.object({
  file_id: z.string(),
  file_name: z.string().optional(),
  mime_type: z.string().optional(),
  file_size: z.number().optional(),
});

/** Names decide where there is one: Windows calls CSV files application/vnd.ms-excel. */
const isTable = (name: string | undefined, mime = ""): boolean =>
  name?.includes(".") === true
    ? /\.(csv|tsv|tab|txt)$/i.test(name)
    : /^(text\/|application\/(csv|octet-stream))/i.test(mime);

csv.on("message:document", async (ctx, next) => {
  const { tx, user, locale, t } = ctx;
  const { data: document } = documentSchema.safeParse(ctx.message.document);
  if (user === undefined || document === undefined) return next();
  const { file_id: file, file_name: name, file_size: size = 0 } = document;
  if (!isTable(name, document.mime_type)) return say(ctx, t("csv-wrong-kind"));
  if (size > largestDownload) return say(ctx, t("csv-too-large", { max: largestDownload / 1024 / 1024 }));
  const own = await openJobs(tx.query, csvKind, user.id);
  if (own >= mostOpen) return say(ctx, t("csv-enough", { max: mostOpen }));
  const payload = { locale, file: storable(file), name: storable(name ?? t("csv-nameless")) };
  const id = await addJob(tx.query, { kind: csvKind, userId: user.id, payload });
  // Otherwise a worker answers within a moment, and shows how far it is.
  const waits =
    own > 0 ? t("csv-received") : (await openJobs(tx.query, csvKind)) > busy ? t("csv-busy") : undefined;
  if (waits !== undefined)
    await say(ctx, waits, new InlineKeyboard().text(t("csv-cancel"), `csv:cancel:${id ?? 0}`));
});

csv.callbackQuery(/^csv:cancel:(\d{1,15})$/, async (ctx, next) => {
  if (ctx.user === undefined) return next();
  const cancelled = await cancelJob(ctx.tx, Number(ctx.match[1]), ctx.user.id);
  if (!cancelled) return ctx.answerCallbackQuery(ctx.t("csv-too-late"));
  await ctx.answerCallbackQuery();
  await say(ctx, ctx.t("csv-cancelled"));
});
