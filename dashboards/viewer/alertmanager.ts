import { z } from "zod";
import { asker } from "./upstream.ts";

const labels = z.record(z.string(), z.string());
const alerts = z.array(
  z.object({
    labels,
    annotations: labels,
    startsAt: z.string(),
    fingerprint: z.string(),
    status: z.object({ silencedBy: z.array(z.string()), inhibitedBy: z.array(z.string()) }),
  }),
);
const silences = z.array(
  z.object({
    id: z.string(),
    matchers: z.array(
      z.object({
        name: z.string(),
        value: z.string(),
        isRegex: z.boolean(),
        isEqual: z.boolean().default(true),
      }),
    ),
    comment: z.string(),
    createdBy: z.string(),
    startsAt: z.string(),
    endsAt: z.string(),
    status: z.object({ state: z.enum(["active", "pending", "expired"]) }),
  }),
);

export type Matcher = z.infer<typeof silences>[number]["matchers"][number];

/** A silence as Alertmanager takes it. */
export interface Silence {
  readonly matchers: readonly Matcher[];
  readonly startsAt: string;
  readonly endsAt: string;
  readonly createdBy: string;
  readonly comment: string;
}

/** The questions that the viewer has for Alertmanager. Each throws `Unanswered`. */
export function alertmanagerAt(base: string) {
  const ask = asker("Alertmanager", `${base}/api/v2`);
  return {
    alerts: () => ask(alerts, "/alerts"),
    silences: () => ask(silences, "/silences"),
    silence: (silence: Silence) =>
      ask(z.object({ silenceID: z.string() }), "/silences", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(silence),
      }),
    expire: (id: string) => ask(z.unknown(), `/silence/${encodeURIComponent(id)}`, { method: "DELETE" }),
  };
}

export type Alertmanager = ReturnType<typeof alertmanagerAt>;
export type ToldAlert = z.infer<typeof alerts>[number];
export type KnownSilence = z.infer<typeof silences>[number];
