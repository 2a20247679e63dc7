import { InlineKeyboard } from "grammy";
import { z } from "zod";
import { BadFile } from "../csv/bad-file.ts";
import { readCsv, type Missing, type Reading } from "../csv/read.ts";
import { openScratch } from "../csv/scratch.ts";
import { addResult, keptDays, makeRoom } from "../database/csv-results.ts";
import { addFile } from "../database/files.ts";
import { callTo, type Call } from "../database/outbox.ts";
import type { Transaction } from "../database/pool.ts";
import { messageOptions } from "../features/say.ts";
import { limitsOf, planSql, type Plan } from "../plans.ts";
import type { TelegramApi } from "../telegram/api.ts";
import { downloadLimit, largestDownload } from "../telegram/download.ts";
import { escape, shorten, translator, type Translate } from "../telegram/texts.ts";
import { csvKind, csvPayload } from "../csv/request.ts";
import { startProgress } from "./csv-progress.ts";
import { Hopeless, jobKind, type Conclusion } from "./job.ts";

const fileAnswer = z.object({ file_path: z.string() });

/** Asks where the file is that a person sent. */
async function locate(api: TelegramApi, id: string): Promise<string | Missing> {
  const answer = await api.call("getFile", JSON.stringify({ file_id: id }));
  if (answer.ok) {
    const url = api.fileUrl(fileAnswer.parse(answer.result).file_path);
    return url ?? { ok: false, why: "gone", description: "its path is none" };
  }
  const { code, description } = answer;
  if (code !== 400) return { ok: false, why: "network", description: `${code} ${description}` };
  return { ok: false, why: /too big/i.test(description) ? "large" : "gone", description };
}

/** The texts that say why there is no result, for what another try would only repeat. */
function refusalText(why: BadFile | "slow" | "large" | "gone", name: string, t: Translate): string {
  if (why instanceof BadFile) return `${t("csv-bad", { name })}\n\n${t(why.key, why.values)}`;
  if (why === "slow") return t("csv-slow", { name, seconds: downloadLimit / 1000 });
  if (why === "gone") return t("csv-gone", { name });
  return t("csv-too-large", { max: largestDownload / 1024 / 1024 });
}

/** The message that told how far it was has served. */
const cleared = (userId: number, message: number | undefined): Call[] =>
  message === undefined ? [] : [callTo(userId, "deleteMessage", { message_id: message })];

/** Keeps a result and sends it, unless the person has left meanwhile. */
async function deliver(
  tx: Transaction,
  userId: number,
  name: string,
  { rows, summary, chart, cleaned }: Reading,
  t: Translate,
): Promise<Call[]> {
  const [person] = await tx.query<{ plan: Plan }>(
    "csv_read",
    `SELECT ${planSql} AS plan FROM users WHERE id = $1 AND deleted_at IS NULL`,
    [userId],
  );
  if (person === undefined) return [];
  const csvResult = await addResult(tx.query, { userId, name, rows, summary });
  const file = (extension: string, mime: string, bytes: Uint8Array, gzippedFrom?: number): Promise<number> =>
    addFile(tx.query, {
      ...{ userId, mime, bytes, csvResult, keepDays: keptDays },
      name: `${name.replace(/\.\w{1,4}$/, "")}${extension}`,
      ...(gzippedFrom !== undefined && { gzippedFrom }),
    });
  const calls: Call[] = [];
  if (chart !== undefined) {
    const picture = { $file: await file(".png", "image/png", chart.png) };
    calls.push(callTo(userId, "sendPhoto", { photo: picture, caption: shorten(chart.title, 200) }));
  }
  if (cleaned !== undefined) {
    const table = { $file: await file(".clean.csv", "text/csv", cleaned.gzip, cleaned.size) };
    calls.push(callTo(userId, "sendDocument", { document: table, caption: t("csv-cleaned") }));
  }
  const most = limitsOf(person.plan).keptResults;
  const [gone] = await makeRoom(tx.query, userId, most);
  const kept =
    gone === undefined
      ? t("csv-kept", { days: keptDays })
      : t("csv-kept-replaced", { days: keptDays, max: most, name: escape(shorten(gone, 60)) });
  const notes = [kept, ...(cleaned === undefined ? [t("csv-cleaned-too-large")] : [])].join("\n");
  const keyboard = new InlineKeyboard().text(t("results-all"), "results:page:0");
  const text = `${summary}\n\n${notes}`;
  return [callTo(userId, "sendMessage", { text, ...messageOptions(keyboard) }), ...calls];
}

/** Reads a CSV file that a person sent, and answers with a summary, a picture and a tidied table. */
export const csv = jobKind({
  kind: csvKind,
  payload: csvPayload,
  attempts: 3,
  limitSeconds: 180,
  parallel: 2,
  async run({ id, payload, userId, database, api, signal, check }): Promise<Conclusion> {
    if (userId === undefined) throw new Hopeless("nobody sent it");
    const { locale, name } = payload;
    const t = translator(locale);
    const progress = await startProgress({
      ...{ job: id, userId, name, message: payload.message },
      ...{ api, database, t, check },
    });
    const refused =
      (why: Parameters<typeof refusalText>[0]): Conclusion =>
      () => {
        const text = refusalText(why, escape(shorten(name, 60)), t);
        return Promise.resolve([
          ...cleared(userId, progress.message),
          callTo(userId, "sendMessage", { text, ...messageOptions() }),
        ]);
      };

    const file = await openScratch();
    try {
      const url = await locate(api, payload.file);
      const reading =
        typeof url === "string"
          ? await readCsv({
              ...{ url, fd: file.fd, name, locale, signal },
              progress: (share) => progress.show(share),
            })
          : url;
      if ("why" in reading) {
        if (reading.why === "network")
          throw new Error(`the file could not be fetched: ${reading.description}`);
        return refused(reading.why);
      }
      return async (tx) => [
        ...cleared(userId, progress.message),
        ...(await deliver(tx, userId, name, reading, t)),
      ];
    } catch (error) {
      if (error instanceof BadFile) return refused(error);
      throw error;
    } finally {
      await file.close();
      // The last edit must not come after what is sent next.
      await progress.settled();
    }
  },
  gaveUp:
    ({ payload: { locale, name, message }, userId }) =>
    () => {
      if (userId === undefined) return Promise.resolve([]);
      const text = translator(locale)("csv-failed", { name: escape(shorten(name, 60)) });
      return Promise.resolve([
        ...cleared(userId, message),
        callTo(userId, "sendMessage", { text, ...messageOptions() }),
      ]);
    },
});
