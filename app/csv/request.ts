import { z } from "zod";
import { locales } from "../telegram/texts.ts";

/** The job that reads a file, as those who ask for it know it. */
export const csvKind = "csv";

export const csvPayload = z.object({
  locale: z.enum(locales),
  /** Telegram's id of the file. */
  file: z.string(),
  name: z.string(),
  /** The message that tells how far it is, once there is one. */
  message: z.number().optional(),
});
