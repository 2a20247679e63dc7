import fc from "fast-check";
import { expect, test } from "vitest";
import { split } from "./split.ts";

test("a text that fits is one message", () => {
  expect(split(`${"a".repeat(4095)}.`)).toHaveLength(1);
  expect(split("  ")).toEqual([]);
});

test("the best border near the end is taken: a paragraph, a line, a sentence, a word", () => {
  expect(split("One. Two.\n\nThree.\nFour. Five", 18)).toEqual(["One. Two.", "Three.\nFour. Five"]);
  expect(split("One. Two. Three.\nFour. Five", 25)).toEqual(["One. Two. Three.", "Four. Five"]);
  expect(split("One is here. Two is there", 20)).toEqual(["One is here.", "Two is there"]);
  expect(split("abcdef ghijkl mno", 15)).toEqual(["abcdef ghijkl", "mno"]);
});

test("a border in the first half is passed over", () => {
  expect(split(`A.\n\n${"b".repeat(16)} c`, 20)).toEqual([`A.\n\n${"b".repeat(16)}`, "c"]);
});

test("nothing but blanks is lost, nothing is too long, and no character is cut", () => {
  const words = fc.array(fc.constantFrom("a", "bc.", "😀", "😀😀😀", "\n", "\n\n", " ", "длинно"), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(words, fc.integer({ min: 2, max: 12 }), (pieces, longest) => {
      const text = pieces.join("");
      const parts = split(text, longest);
      expect(parts.join("").replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
      for (const part of parts) {
        expect(part.length).toBeLessThanOrEqual(longest);
        expect(part.trim()).not.toBe("");
        expect(part.isWellFormed()).toBe(true);
      }
    }),
  );
});
