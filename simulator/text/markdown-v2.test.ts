import { expect, test } from "vitest";
import { parseMarkdownV2 } from "./markdown-v2.ts";

test("marks become entities with offsets in UTF-16, outer ones first", () => {
  expect(parseMarkdownV2("😀 *bold _both __all___* ~gone~ ||hidden|| `code`")).toEqual({
    text: "😀 bold both all gone hidden code",
    entities: [
      { type: "bold", offset: 3, length: 13 },
      { type: "italic", offset: 8, length: 8 },
      { type: "underline", offset: 13, length: 3 },
      { type: "strikethrough", offset: 17, length: 4 },
      { type: "spoiler", offset: 22, length: 6 },
      { type: "code", offset: 29, length: 4 },
    ],
  });
});

test("a backslash makes text of any ASCII character, also in code and addresses", () => {
  expect(parseMarkdownV2("1\\.5 \\a \\\\ `a\\`b` [x](example.org/\\)y) \\ä \\")).toEqual({
    text: "1.5 a \\ a`b x \\ä \\",
    entities: [
      { type: "code", offset: 8, length: 3 },
      { type: "text_link", url: "http://example.org/)y", offset: 12, length: 1 },
    ],
  });
});

test("in code nothing but backticks is read", () => {
  expect(parseMarkdownV2("`*a* [b] >.`")).toEqual({
    text: "*a* [b] >.",
    entities: [{ type: "code", offset: 0, length: 10 }],
  });
});

test("a block of code may have a language and loses its first line break", () => {
  expect(parseMarkdownV2("```ts\nlet a;``` ```\r\nb``` ```c```")).toEqual({
    text: "let a; b c",
    entities: [
      { type: "pre", language: "ts", offset: 0, length: 6 },
      { type: "pre", offset: 7, length: 1 },
      { type: "pre", offset: 9, length: 1 },
    ],
  });
});

test("of three underscores the first two are read together", () => {
  expect(parseMarkdownV2("_a __b___").entities).toEqual([
    { type: "italic", offset: 0, length: 3 },
    { type: "underline", offset: 2, length: 1 },
  ]);
  expect(() => parseMarkdownV2("__a _b___")).toThrow("Can't find end of Italic entity at byte offset 8");
  expect(parseMarkdownV2("__a _b_**__").entities).toHaveLength(2);
});

test("addresses, custom emoji and times", () => {
  const markdown =
    "[a](http://example.org/) [no](nowhere) ![👍](tg://emoji?id=5368324170671202286) ![22:45](tg://time?unix=1647531900&format=wDT)";
  expect(parseMarkdownV2(markdown)).toEqual({
    text: "a no 👍 22:45",
    entities: [
      { type: "text_link", url: "http://example.org/", offset: 0, length: 1 },
      { type: "custom_emoji", custom_emoji_id: "5368324170671202286", offset: 5, length: 2 },
      { type: "date_time", unix_time: 1647531900, date_time_format: "wDT", offset: 8, length: 5 },
    ],
  });
});

test("a quote goes over lines that begin with >, and hides its lower part when || ends it", () => {
  expect(parseMarkdownV2(">a\n>*b*\nc\n>d\n>e||\nf")).toEqual({
    text: "a\nb\nc\nd\ne\nf",
    entities: [
      { type: "blockquote", offset: 0, length: 4 },
      { type: "bold", offset: 2, length: 1 },
      { type: "expandable_blockquote", offset: 6, length: 4 },
    ],
  });
  expect(parseMarkdownV2("a\n>b||").entities).toEqual([
    { type: "expandable_blockquote", offset: 2, length: 1 },
  ]);
});

test("empty parts make no entity", () => {
  expect(parseMarkdownV2("** ____ ~~")).toEqual({ text: "  ", entities: [] });
});

const reserved = (c: string) => `Character '${c}' is reserved and must be escaped with the preceding '\\'`;

test.each([
  ["Done.", reserved(".")],
  ["a-b", reserved("-")],
  ["a|b", reserved("|")],
  ["hi!", reserved("!")],
  ["a > b", reserved(">")],
  ["a]", reserved("]")],
  ["ä *x", "Can't find end of Bold entity at byte offset 3"],
  ["_a *b_", "Can't find end of Italic entity at byte offset 5"],
  ["||a", "Can't find end of Spoiler entity at byte offset 0"],
  ["```a", "Can't find end of Pre entity at byte offset 0"],
  ["```a b", "Can't find end of PreCode entity at byte offset 0"],
  ["[a", "Can't find end of TextUrl entity at byte offset 0"],
  ["ä[a](x", "Can't find end of a URL at byte offset 6"],
  ["![a]", "The entity must contain a tg://emoji or tg://time URL"],
  ["![a](x)", "Invalid tg://emoji or tg://time URL specified"],
  [">*a\nb*", "Can't find end of Bold entity at byte offset 1"],
  [">a ~b||", "Can't find end of Strikethrough entity at byte offset 3"],
])("%j is refused in Telegram's words", (markdown, text) => {
  expect(() => parseMarkdownV2(markdown)).toThrow(`Bad Request: can't parse entities: ${text}`);
});
