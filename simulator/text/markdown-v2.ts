import type { MessageEntity } from "@grammyjs/types";
import { ApiError } from "../api/error.ts";
import type { FormattedText } from "./html.ts";
import { emojiOrTime, link, type Place } from "./link.ts";
import { skipLanguage } from "./markdown.ts";

/** Kinds by the names that Telegram's errors give them. */
type Kind =
  | "Bold"
  | "Italic"
  | "Underline"
  | "Strikethrough"
  | "Spoiler"
  | "Code"
  | "Pre"
  | "PreCode"
  | "TextUrl"
  | "CustomEmoji"
  | "BlockQuote";

const simple = {
  Bold: "bold",
  Italic: "italic",
  Underline: "underline",
  Strikethrough: "strikethrough",
  Spoiler: "spoiler",
  Code: "code",
} as const;

/** What opens and closes a kind; links and quotes close in their own way. */
const marks: readonly (readonly [string, Kind])[] = [
  ["__", "Underline"],
  ["_", "Italic"],
  ["*", "Bold"],
  ["~", "Strikethrough"],
  ["||", "Spoiler"],
  ["```", "Pre"],
  ["`", "Code"],
  ["![", "CustomEmoji"],
  ["[", "TextUrl"],
];
const closers: Readonly<Record<Kind, string>> = {
  Underline: "__",
  Italic: "_",
  Bold: "*",
  Strikethrough: "~",
  Spoiler: "||",
  Pre: "```",
  PreCode: "```",
  Code: "`",
  TextUrl: "]",
  CustomEmoji: "]",
  BlockQuote: "",
};

interface Open {
  readonly kind: Kind;
  readonly language: string;
  /** Where it begins, in the text and in the Markdown. */
  readonly start: number;
  readonly at: number;
}

const RESERVED = "_*[]()~`>#+-=|{}.!\n";
const isEscape = (markdown: string, i: number): boolean =>
  markdown[i] === "\\" && i + 1 < markdown.length && /[\x01-\x7e]/.test(markdown.charAt(i + 1)); // eslint-disable-line no-control-regex

/** Of two entities with the same place, the one that stands here first is told first. */
const order: readonly MessageEntity["type"][] = [
  "expandable_blockquote",
  "blockquote",
  "pre",
  "code",
  "text_link",
  "text_mention",
  "bold",
  "italic",
  "underline",
  "strikethrough",
  "spoiler",
  "custom_emoji",
  "date_time",
];

/**
 * Reads the MarkdownV2 of the Bot API. Throws Telegram's "can't parse entities" errors; their offsets count
 * bytes of UTF-8. The rules are those of parse_markdown_v2 in MessageEntity.cpp of tdlib/td.
 */
export function parseMarkdownV2(markdown: string): FormattedText {
  let text = "";
  let i = 0;
  /** A ">" here begins a quote. */
  let atLineStart = true;
  const open: Open[] = [];
  const entities: MessageEntity[] = [];

  const inQuote = (): boolean => open.some(({ kind }) => kind === "BlockQuote");
  const fail = (message: string): never => {
    throw new ApiError(400, `can't parse entities: ${message}`);
  };
  const bytes = (position: number): number => Buffer.byteLength(markdown.slice(0, position));
  const unclosed = ({ kind, at }: Open): never =>
    fail(`Can't find end of ${kind} entity at byte offset ${bytes(at)}`);
  const reserved = (): never =>
    fail(`Character '${markdown.charAt(i)}' is reserved and must be escaped with the preceding '\\'`);

  function write(c: string): void {
    text += c;
    if (c !== "\r") atLineStart = c === "\n";
  }

  /** The address in round brackets that may follow at `i`; undefined when there is none. */
  function address(): string | undefined {
    if (markdown[i] !== "(") return undefined;
    const begin = ++i;
    let href = "";
    for (; i < markdown.length && markdown[i] !== ")"; i++) {
      if (isEscape(markdown, i)) i++;
      href += markdown.charAt(i);
    }
    if (i >= markdown.length) fail(`Can't find end of a URL at byte offset ${bytes(begin)}`);
    i++;
    return href;
  }

  function begin(): void {
    const at = i;
    if (markdown[i] === "\n") {
      write("\n");
      i++;
      return;
    }
    if (markdown[i] === ">") {
      if (!atLineStart) reserved();
      if (!inQuote()) open.push({ kind: "BlockQuote", language: "", start: text.length, at });
      i++;
      return;
    }
    const [mark, kind] = marks.find(([m]) => markdown.startsWith(m, i)) ?? reserved();
    i += mark.length;
    if (kind !== "Pre") {
      open.push({ kind, language: "", start: text.length, at });
      return;
    }
    const block = skipLanguage(markdown, i);
    i = block.begin;
    const { language } = block;
    open.push({ kind: language === "" ? "Pre" : "PreCode", language, start: text.length, at });
  }

  function end(entity: Open): void {
    open.pop();
    i += closers[entity.kind].length;
    const place: Place = { offset: entity.start, length: text.length - entity.start };
    const { kind, language } = entity;
    let made: MessageEntity | undefined;
    if (kind === "TextUrl") {
      made = link(address() ?? text.slice(entity.start), place);
    } else if (kind === "CustomEmoji") {
      const href = address() ?? fail("The entity must contain a tg://emoji or tg://time URL");
      made = emojiOrTime(href, place) ?? fail("Invalid tg://emoji or tg://time URL specified");
    } else if (kind === "Pre" || kind === "PreCode") {
      made = language === "" ? { type: "pre", ...place } : { type: "pre", language, ...place };
    } else if (kind !== "BlockQuote") {
      made = { type: simple[kind], ...place };
    }
    if (made !== undefined && place.length > 0) entities.push(made);
  }

  /** Ends the quote before the line break or end of text at `i`. "||" just before that hides its lower part. */
  function endQuote(): void {
    let type: "blockquote" | "expandable_blockquote" = "blockquote";
    const last = open.at(-1);
    const before = markdown[i - 1] === "\r" && i < markdown.length ? i - 3 : i - 2;
    if (last?.kind === "Spoiler" && (last.at === before || last.at === i - 2)) {
      open.pop();
      type = "expandable_blockquote";
    }
    const quote = open.pop();
    if (quote === undefined) return;
    if (quote.kind !== "BlockQuote") unclosed(quote);
    if (i < markdown.length) write("\n");
    const length = text.length - quote.start;
    if (length > 0) entities.push({ type, offset: quote.start, length });
    i++;
  }

  while (i < markdown.length) {
    const c = markdown.charAt(i);
    const inner = open.at(-1);
    const inCode = inner !== undefined && ["Code", "Pre", "PreCode"].includes(inner.kind);
    if (isEscape(markdown, i)) {
      write(markdown.charAt(i + 1));
      i += 2;
    } else if (!(inCode ? "`" : RESERVED).includes(c)) {
      write(c);
      // A line break inside code does not begin a quote.
      if (c === "\n") atLineStart = false;
      i++;
    } else if (inQuote() && c === "\n" && markdown[i + 1] !== ">") {
      endQuote();
    } else if (inner !== undefined && closes(markdown, i, inner.kind)) {
      end(inner);
    } else {
      begin();
    }
  }
  if (inQuote()) endQuote();
  const left = open.at(-1);
  if (left !== undefined) unclosed(left);
  entities.sort(
    (a, b) => a.offset - b.offset || b.length - a.length || order.indexOf(a.type) - order.indexOf(b.type),
  );
  return { text, entities };
}

function closes(markdown: string, i: number, kind: Kind): boolean {
  if (kind === "BlockQuote") return false;
  // Two underscores never end an italic part: they begin or end an underlined one.
  if (kind === "Italic" && markdown.startsWith("__", i)) return false;
  return markdown.startsWith(closers[kind], i);
}
