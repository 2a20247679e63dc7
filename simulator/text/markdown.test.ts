import { expect, test } from "vitest";
import { parseMarkdown } from "./markdown.ts";

test("marks become entities with offsets in UTF-16", () => {
  expect(parseMarkdown("😀 *bold* _italic_ `code` [link](example.org/x)")).toEqual({
    text: "😀 bold italic code link",
    entities: [
      { type: "bold", offset: 3, length: 4 },
      { type: "italic", offset: 8, length: 6 },
      { type: "code", offset: 15, length: 4 },
      { type: "text_link", url: "http://example.org/x", offset: 20, length: 4 },
    ],
  });
});

test("nothing nests: the words between marks are taken as they are", () => {
  expect(parseMarkdown("*a_b* _c\\_ **")).toEqual({
    text: "a_b c\\ ",
    entities: [
      { type: "bold", offset: 0, length: 3 },
      { type: "italic", offset: 4, length: 2 },
    ],
  });
});

test("a block of code may have a language and loses its first line break", () => {
  expect(parseMarkdown("```ts\r\nlet a``` ```\nb```")).toEqual({
    text: "let a b",
    entities: [
      { type: "pre", language: "ts", offset: 0, length: 5 },
      { type: "pre", offset: 6, length: 1 },
    ],
  });
});

test("escaped marks and all other characters are text", () => {
  expect(parseMarkdown("\\*a\\_b\\[c\\` 1.2! \\. \\")).toEqual({ text: "*a_b[c` 1.2! \\. \\", entities: [] });
});

test("words in square brackets are their own address, and without one stay text", () => {
  expect(parseMarkdown("[example.org] [no] [x]()")).toEqual({
    text: "example.org no x",
    entities: [{ type: "text_link", url: "http://example.org/", offset: 0, length: 11 }],
  });
});

test.each([
  ["ä *x", 3],
  ["snake_case", 5],
  ["`a", 0],
  ["a ```b``", 2],
  ["[x", 0],
])("%j is refused in Telegram's words", (markdown, offset) => {
  expect(() => parseMarkdown(markdown)).toThrow(
    `Bad Request: can't parse entities: Can't find end of the entity starting at byte offset ${offset}`,
  );
});
