import { z } from "zod";
import { addFile } from "../database/files.ts";
import { callTo } from "../database/outbox.ts";
import { personalData } from "../database/personal.ts";
import { locales, translator } from "../telegram/texts.ts";
import { Hopeless, jobKind } from "./job.ts";

/** Sends a person everything that is stored about them, as a file. */
export const myData = jobKind({
  kind: "my_data",
  payload: z.object({ locale: z.enum(locales) }),
  attempts: 3,
  limitSeconds: 60,
  parallel: 2,
  async run({ payload: { locale }, userId, database }) {
    if (userId === undefined) throw new Hopeless("nobody asked for it");
    const data = await personalData(database.query, userId);
    const content = JSON.stringify({ made_at: new Date(), ...data }, undefined, 2);
    return async (tx) => {
      const bytes = Buffer.from(content);
      const file = await addFile(tx.query, {
        userId,
        name: "my-data.json",
        mime: "application/json",
        bytes,
      });
      const caption = translator(locale)("my-data");
      return [callTo(userId, "sendDocument", { document: { $file: file }, caption })];
    };
  },
  gaveUp:
    ({ payload: { locale }, userId }) =>
    () =>
      Promise.resolve(
        userId === undefined
          ? []
          : [callTo(userId, "sendMessage", { text: translator(locale)("my-data-failed") })],
      ),
});
