import { z } from "zod";

/** 0 for none, 1 for all. */
const share = z.number().min(0).max(1).default(0);
const ms = z.number().min(0).max(600_000);
const latency = z
  .union([ms, z.strictObject({ min: ms, max: ms })])
  .default(0)
  .describe("Milliseconds before a call is handled: always the same, or anything between two limits");
const tooMany = z
  .strictObject({ share, retry_after: z.int().min(1).max(3600).default(1).describe("Seconds") })
  .prefault({})
  .describe("Calls that are answered 429");
const names = z.array(z.string().min(1)).min(1);

/** What goes wrong on purpose; everything that is left out is off. */
export const faultSettings = z
  .strictObject({
    seed: z.int().default(1).describe("The same seed makes the same faults in the same order of calls"),
    bot_api: z
      .strictObject({
        methods: names.optional().describe("Only these methods; all of them when left out"),
        latency_ms: latency,
        too_many_requests: tooMany,
        server_errors: share.describe("Calls that are answered 500, in Telegram's form"),
        html_errors: share.describe("Calls that are answered 502 with a page of HTML, as by a proxy"),
        cuts: share.describe(
          "Calls that are carried out, but whose connection breaks in the middle of the answer",
        ),
      })
      .prefault({}),
    flood_limits: z
      .boolean()
      .default(false)
      .describe(
        "As Telegram's: a message a second to a chat (3 at once), 20 a minute to a group, 30 a second in all, setWebhook once a second",
      ),
    delivery: z
      .strictObject({
        duplicates: share.describe("Updates that a webhook is sent once more after it has taken them"),
        cuts: share.describe(
          "Deliveries whose connection breaks after the request: the bot's answer is lost",
        ),
        id_jumps: share.describe(
          "Updates whose id is chosen anew, larger or smaller, as after a week without any; the ids go on from there",
        ),
      })
      .prefault({}),
    openai: z
      .strictObject({
        latency_ms: latency,
        tokens_per_second: z.number().min(0).max(100_000).default(0).describe("0 for no limit"),
        too_many_requests: tooMany,
        server_errors: share.describe("Calls that are answered 500"),
      })
      .prefault({}),
  })
  .meta({ id: "Faults", description: "What goes wrong on purpose" });

export type FaultSettings = z.output<typeof faultSettings>;

export const noFaults: FaultSettings = faultSettings.parse({});
