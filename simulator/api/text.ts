import type { MessageEntity } from "@grammyjs/types";
import { z } from "zod";
import { findEntities, trim } from "../text/entities.ts";
import { parseHtml, type FormattedText } from "../text/html.ts";
import { dateTime, isDateFormat } from "../text/link.ts";
import { parseMarkdownV2 } from "../text/markdown-v2.ts";
import { parseMarkdown } from "../text/markdown.ts";
import type { World } from "../world.ts";
import { object, text, type Arguments } from "./arguments.ts";
import { ApiError } from "./error.ts";

const LONGEST_TEXT = 4096;
const LONGEST_CAPTION = 1024;

const place = { offset: z.int().min(0), length: z.int().min(1) };
const entity: z.ZodType<MessageEntity> = z.union([
  z.object({
    ...place,
    type: z.enum([
      "mention",
      "hashtag",
      "cashtag",
      "bot_command",
      "url",
      "email",
      "phone_number",
      "bold",
      "italic",
      "underline",
      "strikethrough",
      "spoiler",
      "blockquote",
      "expandable_blockquote",
      "code",
    ]),
  }),
  z
    .object({ ...place, type: z.literal("pre"), language: z.string().optional() })
    .transform(({ language, ...rest }) => (language === undefined ? rest : { ...rest, language })),
  z.object({ ...place, type: z.literal("text_link"), url: z.url() }),
  z.object({ ...place, type: z.literal("custom_emoji"), custom_emoji_id: z.string() }),
  z
    .object({ ...place, type: z.literal("text_mention"), user: z.object({ id: z.int() }) })
    .transform(({ user, ...rest }) => ({ ...rest, user: { ...user, is_bot: false, first_name: "" } })),
  z
    .object({
      ...place,
      type: z.literal("date_time"),
      unix_time: z.int().min(1),
      date_time_format: z.string().refine(isDateFormat).default(""),
    })
    .transform(({ unix_time, date_time_format, offset, length }, context) => {
      const made = dateTime(String(unix_time), date_time_format, { offset, length });
      if (made !== undefined) return made;
      context.issues.push({ code: "custom", message: "no time", input: unix_time });
      return z.NEVER;
    }),
]);

/** Reads a text with its parse_mode or entities, checked as Telegram does. */
export function readText(world: World, args: Arguments): FormattedText {
  const given = text(args, "text");
  const formatted = trim(readFormat(args, given, "entities"));
  if (formatted.text === "")
    throw new ApiError(400, given === "" ? "message text is empty" : "text must be non-empty");
  if (formatted.text.length > LONGEST_TEXT) throw new ApiError(400, "message is too long");
  return complete(world, formatted);
}

/** Reads the caption of a file, which may be empty, in the same way. */
export function readCaption(world: World, args: Arguments): FormattedText {
  const formatted = trim(readFormat(args, text(args, "caption"), "caption_entities"));
  if (formatted.text.length > LONGEST_CAPTION) throw new ApiError(400, "message caption is too long");
  return complete(world, formatted);
}

/** Finds commands and the like, and who is mentioned: whom the bot cannot know is not, as at Telegram. */
function complete(world: World, { text, entities }: FormattedText): FormattedText {
  const known = entities.flatMap((entity): MessageEntity[] => {
    if (entity.type !== "text_mention") return [entity];
    const { id } = entity.user;
    return id === world.bot.id || world.people.get(id) !== undefined
      ? [{ ...entity, user: world.userById(id) }]
      : [];
  });
  return { text, entities: findEntities({ text, entities: known }) };
}

function readFormat(args: Arguments, given: string, name: "entities" | "caption_entities"): FormattedText {
  const mode = text(args, "parse_mode").toLowerCase();
  if (mode === "html") return parseHtml(given);
  if (mode === "markdownv2") return parseMarkdownV2(given);
  if (mode === "markdown") return parseMarkdown(given);
  if (mode !== "" && mode !== "none") throw new ApiError(400, "unsupported parse_mode");
  const entities = object(args, name);
  if (entities === undefined) return { text: given, entities: [] };
  const parsed = z.array(entity).safeParse(entities);
  if (!parsed.success) throw new ApiError(400, "can't parse entities: expected an Array of MessageEntity");
  const beyond = parsed.data.find((e) => e.offset + e.length > given.length);
  if (beyond !== undefined) {
    throw new ApiError(400, `entity ends after the end of the text at UTF-16 offset ${beyond.offset}`);
  }
  return { text: given, entities: parsed.data };
}
