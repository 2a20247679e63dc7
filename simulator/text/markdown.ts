import type { MessageEntity } from "@grammyjs/types";
import { ApiError } from "../api/error.ts";
import type { FormattedText } from "./html.ts";
import { link, type Place } from "./link.ts";

const space = /[ \t\r\n\v\0]/;

/**
 * Steps over the language that may stand at the beginning of a preformatted block, and over one line break
 * after it. Answers where the block's text begins.
 */
export function skipLanguage(markdown: string, start: number): { language: string; begin: number } {
  let end = start;
  while (end < markdown.length && !space.test(markdown.charAt(end)) && markdown[end] !== "`") end++;
  const isLanguage = end < markdown.length && markdown[end] !== "`";
  const begin = isLanguage ? end : start;
  const lineBreak = /^(?:\r\n|\n\r|\n|\r)/.exec(markdown.slice(begin, begin + 2))?.[0] ?? "";
  return { language: markdown.slice(start, begin), begin: begin + lineBreak.length };
}

/**
 * Reads the legacy Markdown of the Bot API: bold, italic, links, code and blocks of code, none inside another.
 * Throws Telegram's "can't parse entities" errors; their offsets count bytes of UTF-8.
 */
export function parseMarkdown(markdown: string): FormattedText {
  let text = "";
  const entities: MessageEntity[] = [];
  for (let i = 0; i < markdown.length; i++) {
    const c = markdown.charAt(i);
    if (c === "\\" && "_*`[".includes(markdown.charAt(i + 1)) && i + 1 < markdown.length) {
      text += markdown.charAt(++i);
      continue;
    }
    if (!"_*`[".includes(c)) {
      text += c;
      continue;
    }
    const isBlock = markdown.startsWith("```", i);
    const { language, begin } = isBlock ? skipLanguage(markdown, i + 3) : { language: "", begin: i + 1 };
    const mark = isBlock ? "```" : c === "[" ? "]" : c;
    const end = markdown.indexOf(mark, begin);
    if (end < 0) {
      const offset = Buffer.byteLength(markdown.slice(0, i));
      throw new ApiError(
        400,
        `can't parse entities: Can't find end of the entity starting at byte offset ${offset}`,
      );
    }
    const words = markdown.slice(begin, end);
    const place = { offset: text.length, length: words.length };
    text += words;
    i = end + mark.length - 1;
    let href = words;
    if (c === "[" && markdown[i + 1] === "(") {
      const close = markdown.indexOf(")", i);
      href = markdown.slice(i + 2, close < 0 ? undefined : close);
      i = close < 0 ? markdown.length : close;
    }
    if (words !== "") entities.push(...entityOf(isBlock ? "```" : c, language, href, place));
  }
  return { text, entities };
}

function entityOf(mark: string, language: string, href: string, place: Place): MessageEntity[] {
  if (mark === "[") return [link(href, place)].filter((entity) => entity !== undefined);
  if (mark === "_") return [{ type: "italic", ...place }];
  if (mark === "*") return [{ type: "bold", ...place }];
  if (mark === "`") return [{ type: "code", ...place }];
  return [language === "" ? { type: "pre", ...place } : { type: "pre", language, ...place }];
}
