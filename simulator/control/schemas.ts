import type { BotCommand, MessageEntity, MessageOrigin } from "@grammyjs/types";
import { z } from "zod";
import type { Keyboard } from "../api/keyboard.ts";
import type { Upload } from "../files.ts";
import type { ChatMessage, Content } from "../history.ts";

/** An object of the Bot API, passed on as it is. */
const botApi = <T>(name: string) =>
  z.custom<T>().meta({ type: "object", description: `${name} of the Bot API` });

const time = z.number().describe("Milliseconds since the epoch");
const unixTime = z.int().describe("Unix time in seconds");

export const personId = z.object({ id: z.coerce.number("must be a number").int().describe("A person's id") });
export const updateId = z.int().nullable().describe("null when the bot does not want such updates");
export const done = z.object({ ok: z.literal(true) });

const name = z.string().trim().min(1).max(64);
export const profile = z.strictObject({
  first_name: name,
  last_name: name.optional(),
  username: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]{2,31}$/, "3 to 32 letters, digits and _, beginning with a letter")
    .optional(),
  language_code: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'a language such as "en"')
    .optional(),
});

const from = z.enum(["bot", "person"]);
const lastMessage = z
  .object({
    message_id: z.int(),
    from,
    sender: z.int(),
    text: z.string(),
    content: z.string().optional().describe('What it holds besides text, such as "photo"'),
    date: unixTime,
  })
  .nullable();
export const person = z
  .object({
    id: z.int(),
    first_name: z.string(),
    last_name: z.string().optional(),
    username: z.string().optional(),
    language_code: z.string().optional(),
    blocked: z.boolean().describe("Has blocked the bot"),
    started: z.boolean().describe("Has written to the bot; before that the bot cannot reach them"),
    last_message: lastMessage,
  })
  .meta({ id: "Person" });

export const memberStatus = z.enum(["creator", "administrator", "member"]);
export const botStatus = z.enum(["administrator", "member", "left", "kicked"]);
export const group = z
  .object({
    id: z.int().describe("Negative"),
    title: z.string(),
    bot: botStatus,
    members: z.array(z.object({ id: z.int(), status: memberStatus })),
    last_message: lastMessage,
  })
  .meta({ id: "Group" });

export const groupId = z.object({ id: z.coerce.number("must be a number").int().describe("A group's id") });
/** Where somebody does something. */
export const inChat = {
  chat_id: z.coerce.number().int().optional().describe("A group; without it the private chat"),
};
export const reply = {
  reply_to: z.coerce.number().int().optional().describe("The message that is answered"),
};
export const upload = z.custom<Upload>().meta({ type: "string", format: "binary" });
export const written = z.object({ update_id: updateId, message_id: z.int() });

export const message = z
  .object({
    message_id: z.int(),
    rev: z.int().describe("Grows with every change in any chat"),
    from,
    sender: z.int().describe("Id of the user who wrote it"),
    text: z.string().describe("The text, or the caption of the content"),
    entities: z.array(botApi<MessageEntity>("MessageEntity")),
    keyboard: botApi<Keyboard>("reply_markup").nullable(),
    date: unixTime,
    edited: unixTime.optional(),
    deleted: z.literal(true).optional(),
    content: botApi<Content>("Parts of a Message").optional(),
    reply_to: z.int().optional(),
    forward_origin: botApi<MessageOrigin>("MessageOrigin").optional(),
    via_bot: z.literal(true).optional(),
    media_group_id: z.string().optional(),
    paid: z.literal(true).optional().describe("Its invoice is paid"),
    reactions: z.record(z.string(), z.array(z.string())).optional().describe("Emoji by user id"),
    update_id: updateId.optional(),
  } satisfies Record<keyof ChatMessage, z.ZodType>)
  .meta({ id: "Message", description: "A message as the person sees it" });

export const command = botApi<BotCommand>("BotCommand");

export const story = z
  .object({
    update_id: z.int(),
    type: z.string().describe('Such as "message"'),
    chat_id: z.int(),
    summary: z.string(),
    created: time,
    attempts: z
      .array(
        z.object({
          at: time,
          ms: z.number(),
          status: z.union([z.number(), z.string()]).describe("The HTTP status, or what went wrong"),
        }),
      )
      .describe("The last 100"),
    delivered: time.optional().describe("When it was sent to the bot first"),
    acknowledged: time.optional(),
    replied: time.optional().describe("When the bot did something about it first"),
    dropped: z.enum(["expired", "dropped"]).optional(),
    replies: z
      .array(z.object({ method: z.string(), at: time, message_id: z.int().optional() }))
      .describe("What the bot did about it"),
  })
  .meta({ id: "UpdateStory", description: "What became of an update" });

const quantile = z.number().nullable();
const quantiles = z.object({ p50: quantile, p95: quantile, p99: quantile, max: quantile });
export const stats = z.object({
  updates: z.object({
    created: z.int(),
    acknowledged: z.int(),
    dropped: z.int(),
    pending: z.int(),
    attempts: z.int(),
    failed_attempts: z.int(),
  }),
  latency_ms: z
    .object({
      delivered: quantiles.describe("Until it was sent to the bot first"),
      acknowledged: quantiles.describe("Until the bot took it"),
      replied: quantiles.describe("Until the bot did something about it first"),
    })
    .describe("From the creation of an update, over the last 10000"),
  api_calls: z.record(z.string(), z.int()).describe("By method"),
  sink_calls: z.int(),
  openai: z
    .object({ calls: z.int(), failed: z.int(), prompt_tokens: z.int(), completion_tokens: z.int() })
    .describe("Of the OpenAI-compatible API"),
  faults: z.record(z.string(), z.int()).describe("What went wrong on purpose, by kind"),
});

export const webhookState = z.object({
  url: z.string().describe("Empty when there is none"),
  polling: z.boolean().describe("The bot gets its updates with getUpdates"),
  last_error: z.string().optional(),
});
