import type { MessageEntity } from "@grammyjs/types";
import { ApiError } from "../api/error.ts";
import { customEmoji, dateTime, isDateFormat, link } from "./link.ts";

export interface FormattedText {
  readonly text: string;
  readonly entities: MessageEntity[];
}

type Style = "bold" | "italic" | "underline" | "strikethrough" | "spoiler" | "code" | "pre" | "blockquote";

const styles: Readonly<Record<string, Style>> = {
  b: "bold",
  strong: "bold",
  i: "italic",
  em: "italic",
  u: "underline",
  ins: "underline",
  s: "strikethrough",
  strike: "strikethrough",
  del: "strikethrough",
  "tg-spoiler": "spoiler",
  span: "spoiler",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
};
const tags = new Set([...Object.keys(styles), "a", "tg-emoji", "tg-time"]);
const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };

interface OpenTag {
  readonly name: string;
  readonly argument: string;
  readonly start: number;
  readonly entity: number;
}

/**
 * Reads the HTML of the Bot API: a few tags and four named entities, everything else is text. Throws
 * Telegram's "can't parse entities" errors; their offsets count bytes of UTF-8.
 */
export function parseHtml(html: string): FormattedText {
  let text = "";
  let i = 0;
  const open: OpenTag[] = [];
  /** In the order of their start; holes are tags that make no entity. */
  const entities: (MessageEntity | undefined)[] = [];

  const fail = (message: string): never => {
    throw new ApiError(400, `can't parse entities: ${message}`);
  };
  const bytes = (position: number): number => Buffer.byteLength(html.slice(0, position));
  const isSpace = (c: string | undefined): boolean => c !== undefined && " \t\r\n\v\0".includes(c);
  const skipSpace = (): void => {
    while (isSpace(html[i])) i++;
  };
  const skipUntil = (stop: (c: string) => boolean): string => {
    const begin = i;
    for (let c = html[i]; c !== undefined && !stop(c); c = html[i]) i++;
    return html.slice(begin, i);
  };

  function reference(): void {
    const match = /^&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{1,6}));?/i.exec(html.slice(i, i + 10));
    const [whole, decimal, hex, name] = match ?? [];
    const code = decimal !== undefined ? Number(decimal) : hex !== undefined ? parseInt(hex, 16) : 0;
    const replaced =
      name !== undefined
        ? named[name]
        : code > 0 && code <= 0x10ffff
          ? String.fromCodePoint(code)
          : undefined;
    text += replaced ?? "&";
    i += replaced === undefined || whole === undefined ? 1 : whole.length;
  }

  function attributes(tag: string, begin: number): string {
    let argument = "";
    for (;;) {
      skipSpace();
      if (html[i] === ">" || html[i] === undefined) break;
      const attributeBegin = i;
      const name = skipUntil((c) => isSpace(c) || c === "=" || c === ">").toLowerCase();
      if (name === "") fail(`Empty attribute name in the tag "${tag}" at byte offset ${bytes(begin)}`);
      skipSpace();
      if (html[i] !== "=") {
        // "expandable" is the only attribute without a value.
        if (tag === "blockquote" && name === "expandable") {
          argument = "expandable";
          continue;
        }
        fail(
          `Expected equal sign in declaration of an attribute of the tag "${tag}" at byte offset ${bytes(attributeBegin)}`,
        );
      }
      i++;
      skipSpace();
      const value = attributeValue();
      if (tag === "a" && name === "href") argument = value;
      if (tag === "code" && name === "class" && value.startsWith("language-")) argument = value.slice(9);
      if (tag === "span" && name === "class") argument = value;
      if (tag === "tg-emoji" && name === "emoji-id") argument = value;
      if (tag === "tg-time" && (name === "unix" || name === "format")) argument += `${name}=${value}&`;
    }
    return argument;
  }

  function attributeValue(): string {
    const quote = html[i];
    if (quote !== '"' && quote !== "'") return skipUntil((c) => isSpace(c) || c === ">").toLowerCase();
    i++;
    const raw = skipUntil((c) => c === quote);
    i++;
    return raw.replace(/&(lt|gt|amp|quot);/g, (_, name: string) => named[name] ?? "");
  }

  function startTag(begin: number): void {
    const name = skipUntil((c) => isSpace(c) || c === ">").toLowerCase();
    if (html[i] === undefined) fail(`Unclosed start tag at byte offset ${bytes(begin)}`);
    if (!tags.has(name)) fail(`Unsupported start tag "${name}" at byte offset ${bytes(begin)}`);
    const argument = attributes(name, begin);
    if (html[i] === undefined) fail(`Unclosed start tag "${name}" at byte offset ${bytes(begin)}`);
    if (name === "span" && argument !== "tg-spoiler") {
      fail(`Tag "span" must have class "tg-spoiler" at byte offset ${bytes(begin)}`);
    }
    open.push({ name, argument, start: text.length, entity: entities.push(undefined) - 1 });
    i++;
  }

  function endTag(begin: number): void {
    i++;
    const tag = open.pop() ?? fail(`Unexpected end tag at byte offset ${bytes(begin)}`);
    const name = skipUntil((c) => isSpace(c) || c === ">").toLowerCase();
    skipSpace();
    if (html[i] !== ">") fail(`Unclosed end tag at byte offset ${bytes(begin)}`);
    if (name !== "" && name !== tag.name) {
      fail(`Unmatched end tag at byte offset ${bytes(begin)}, expected "</${tag.name}>", found "</${name}>"`);
    }
    i++;
    const length = text.length - tag.start;
    if (length > 0) entities[tag.entity] = entityOf(tag, length, entities[tag.entity + 1]);
    // The language of <pre><code class="language-x"> belongs to the pre; the code is not an entity then.
    if (tag.name === "pre" && entities[tag.entity]?.type === "pre") {
      const inner = entities[tag.entity + 1];
      if (inner?.type === "code" && inner.offset === tag.start && inner.length === length) {
        entities[tag.entity + 1] = undefined;
      }
    }
  }

  function entityOf(
    tag: OpenTag,
    length: number,
    inner: MessageEntity | undefined,
  ): MessageEntity | undefined {
    const place = { offset: tag.start, length };
    if (tag.name === "a") return link(tag.argument === "" ? text.slice(tag.start) : tag.argument, place);
    if (tag.name === "tg-emoji") {
      return customEmoji(tag.argument, place) ?? fail("Invalid custom emoji identifier specified");
    }
    if (tag.name === "tg-time") {
      const { unix = "", format = "" } = Object.fromEntries(new URLSearchParams(tag.argument));
      if (!isDateFormat(format)) fail("Invalid date format used");
      return dateTime(unix, format, place);
    }
    if (tag.name === "blockquote" && tag.argument !== "") return { type: "expandable_blockquote", ...place };
    const type = styles[tag.name] ?? fail(`Unsupported start tag "${tag.name}"`);
    if (type === "pre") {
      const language = inner?.type === "code" && inner.length === length ? languages.get(inner) : undefined;
      return language === undefined ? { type, ...place } : { type, language, ...place };
    }
    const entity: MessageEntity = { type, ...place };
    if (type === "code" && tag.argument !== "") languages.set(entity, tag.argument);
    return entity;
  }

  const languages = new Map<MessageEntity, string>();
  while (i < html.length) {
    const c = html[i];
    if (c === "&") {
      reference();
    } else if (c === "<") {
      const begin = i++;
      if (html[i] === "/") endTag(begin);
      else startTag(begin);
    } else {
      text += skipUntil((next) => next === "&" || next === "<");
    }
  }
  const last = open.at(-1);
  if (last !== undefined) fail(`Can't find end tag corresponding to start tag "${last.name}"`);
  return { text, entities: entities.filter((e) => e !== undefined) };
}
