import type { MessageEntity } from "@grammyjs/types";
import { z } from "zod";
import { findEntities, trim } from "../text/entities.ts";
import { parseHtml, type FormattedText } from "../text/html.ts";
import { parseMarkdownV2 } from "../text/markdown-v2.ts";
import { parseMarkdown } from "../text/markdown.ts";
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
]);

/** Reads a text with its parse_mode or entities, checked as Telegram does. */
export function readText(args: Arguments): FormattedText {
  const given = text(args, "text");
  const formatted = trim(readFormat(args, given, "entities"));
  if (formatted.text === "")
    throw new ApiError(400, given === "" ? "message text is empty" : "text must be non-empty");
  if (formatted.text.length > LONGEST_TEXT) throw new ApiError(400, "message is too long");
  return { text: formatted.text, entities: findEntities(formatted) };
}

/** Reads the caption of a file, which may be empty, in the same way. */
export function readCaption(args: Arguments): FormattedText {
  const formatted = trim(readFormat(args, text(args, "caption"), "caption_entities"));
  if (formatted.text.length > LONGEST_CAPTION) throw new ApiError(400, "message caption is too long");
  return { text: formatted.text, entities: findEntities(formatted) };
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
