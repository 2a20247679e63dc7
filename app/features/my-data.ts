import { Composer } from "grammy";
import { addJob, openJobs } from "../database/jobs.ts";
import { myData as kind } from "../jobs/my-data.ts";
import type { BotContext } from "../telegram/context.ts";
import { say } from "./say.ts";

/** Everything that is stored about a person, as a file. Who has deleted their profile may still ask. */
export const myData = new Composer<BotContext>();

myData.command("my_data", async (ctx, next) => {
  const person = ctx.user ?? ctx.gone;
  if (person === undefined) return next();
  const { tx, locale, t } = ctx;
  // Under the person's lock: two in a row make one file.
  if ((await openJobs(tx.query, kind.kind, person.id)) === 0)
    await addJob(tx.query, { kind: kind.kind, userId: person.id, payload: { locale } });
  await say(ctx, t("my-data-soon"));
});
