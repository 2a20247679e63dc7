import { expect, test } from "vitest";
import { findEntities, trim } from "./entities.ts";
import { parseHtml } from "./html.ts";

const failure = (html: string): string => {
  try {
    parseHtml(html);
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
  return "no error";
};

test("tags become entities with offsets in UTF-16", () => {
  expect(
    parseHtml("😀 <b>bold <i>both</i></b> &lt;&amp;&#33; <a href='example.org/x?a=1&amp;b=2'>link</a>"),
  ).toEqual({
    text: "😀 bold both <&! link",
    entities: [
      { type: "bold", offset: 3, length: 9 },
      { type: "italic", offset: 8, length: 4 },
      { type: "text_link", url: "http://example.org/x?a=1&b=2", offset: 17, length: 4 },
    ],
  });
});

test("the language of code inside pre belongs to the pre", () => {
  expect(parseHtml('<pre><code class="language-ts">let a</code></pre><code>b</code>').entities).toEqual([
    { type: "pre", language: "ts", offset: 0, length: 5 },
    { type: "code", offset: 5, length: 1 },
  ]);
});

test("quotes, spoilers and strikes are known by all their names", () => {
  const { entities } = parseHtml(
    '<blockquote expandable>a</blockquote><span class="tg-spoiler">b</span><del>c</del><ins>d</ins>',
  );
  expect(entities.map((e) => e.type)).toEqual([
    "expandable_blockquote",
    "spoiler",
    "strikethrough",
    "underline",
  ]);
});

test("times, emoji and people have tags or addresses of their own", () => {
  expect(
    parseHtml(
      '<tg-time unix="1647531900" format="wDT">now</tg-time> <tg-emoji emoji-id="5">x</tg-emoji> <a href="tg://user?id=7">y</a> <tg-time>z</tg-time>',
    ).entities,
  ).toEqual([
    { type: "date_time", unix_time: 1647531900, date_time_format: "wDT", offset: 0, length: 3 },
    { type: "custom_emoji", custom_emoji_id: "5", offset: 4, length: 1 },
    { type: "text_mention", user: { id: 7, is_bot: false, first_name: "" }, offset: 6, length: 1 },
  ]);
});

test("unknown references stay text, and empty tags make no entity", () => {
  expect(parseHtml("R&D &nbsp; <b></b>&copy")).toEqual({ text: "R&D &nbsp; &copy", entities: [] });
});

test.each([
  ["<b>x", `Can't find end tag corresponding to start tag "b"`],
  ["ä <div>x</div>", 'Unsupported start tag "div" at byte offset 3'],
  ["1 <2", "Unclosed start tag at byte offset 2"],
  ["1 < 2", 'Unsupported start tag "" at byte offset 2'],
  ["a <> b", 'Unsupported start tag "" at byte offset 2'],
  ["</b>", "Unexpected end tag at byte offset 0"],
  ["<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'],
  ["<b", "Unclosed start tag at byte offset 0"],
  ["<a href>x</a>", 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 3'],
  ['<tg-emoji emoji-id="x">a</tg-emoji>', "Invalid custom emoji identifier specified"],
  ['<tg-time unix="1" format="x">a</tg-time>', "Invalid date format used"],
  ["<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
])("%j is refused in Telegram's words", (html, text) => {
  expect(failure(html)).toBe(`Bad Request: can't parse entities: ${text}`);
});

test("commands, mentions, hashtags, addresses and e-mail are found, but not inside code", () => {
  const text = "/start@launch_lab_bot hi @ada_l #launch https://example.org/a. me@example.org /x";
  const code = { type: "code" as const, offset: text.length - 2, length: 2 };
  const words = findEntities({ text, entities: [code] }).map((e) => [
    e.type,
    text.slice(e.offset, e.offset + e.length),
  ]);
  expect(words).toEqual([
    ["bot_command", "/start@launch_lab_bot"],
    ["mention", "@ada_l"],
    ["hashtag", "#launch"],
    ["url", "https://example.org/a"],
    ["email", "me@example.org"],
    ["code", "/x"],
  ]);
});

test("a path or a fraction is no command", () => {
  expect(findEntities({ text: "a/b 1/2 //x </y", entities: [] })).toEqual([]);
});

test("trimming moves and cuts the entities", () => {
  expect(trim({ text: "  ab  ", entities: [{ type: "bold", offset: 1, length: 5 }] })).toEqual({
    text: "ab",
    entities: [{ type: "bold", offset: 0, length: 2 }],
  });
});
