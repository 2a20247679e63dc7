import { z } from "zod";

const texts = z.record(z.string(), z.string());

/** What Alertmanager posts to a webhook (version 4), as far as it is read here. */
export const notification = z.looseObject({
  alerts: z
    .array(
      z.looseObject({
        status: z.enum(["firing", "resolved"]),
        labels: texts,
        annotations: texts,
        startsAt: z.iso.datetime({ offset: true }),
        /** Of a firing alert, when it would be taken for resolved. */
        endsAt: z.iso.datetime({ offset: true }),
      }),
    )
    .min(1),
});

export type Notification = z.infer<typeof notification>;
export type AlertState = Notification["alerts"][number];
