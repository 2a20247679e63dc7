import fc from "fast-check";
import { expect, test } from "vitest";
import { neutralise } from "./clean.ts";
import { isNumber, numberIn, unitOf } from "./numbers.ts";

test.each([
  ["1234.5", 1234.5, NaN],
  ["1,234.56", 1234.56, NaN],
  ["1,234", 1234, 1.234],
  ["1.234,56", NaN, 1234.56],
  ["1.234", 1.234, 1234],
  ["1 234,56", NaN, 1234.56],
  ["1\u00a0234\u202f567", 1234567, 1234567],
  ["1'234.5", 1234.5, NaN],
  [".5", 0.5, NaN],
  ["-5", -5, -5],
  ["−5", -5, -5],
  ["+7", 7, 7],
  ["(1,000)", -1000, -1],
  ["$-3", -3, -3],
  ["-$3", -3, -3],
  ["12 %", 12, 12],
  ["99,90 руб.", NaN, 99.9],
  ["€10", 10, 10],
  ["1e3", 1000, 1000],
  ["1e308", 1e308, 1e308],
  ["0", 0, 0],
  // None of these is one.
  ["1e309", NaN, NaN],
  ["007", NaN, NaN],
  ["12345678901234567", NaN, NaN],
  ["12,34,567", NaN, NaN],
  ["1 23", NaN, NaN],
  ["--5", NaN, NaN],
  ["(-5)", NaN, NaN],
  ["(5", NaN, NaN],
  ["$5€", NaN, NaN],
  ["1.2.3", NaN, NaN],
  ["12a", NaN, NaN],
  ["-", NaN, NaN],
  ["", NaN, NaN],
])("%j is %d with a point before the fraction, %d with a comma", (text, point, comma) => {
  expect([numberIn(text, "point"), numberIn(text, "comma")]).toEqual([point, comma]);
});

test("a number is read as it was written, in either way, with any unit", () => {
  const written = (value: number, locale: string): string =>
    new Intl.NumberFormat(locale, { maximumFractionDigits: 4 }).format(value);
  const value = fc.integer({ min: -1e12, max: 1e12 }).map((whole) => whole / 10_000);
  fc.assert(
    fc.property(value, fc.constantFrom("", "$", "€", "₽", " %"), (expected, unit) => {
      for (const [locale, convention] of [
        ["en", "point"],
        ["de", "comma"],
        ["ru", "comma"],
      ] as const)
        expect(numberIn(`${written(expected, locale)}${unit}`, convention)).toBe(
          expected === 0 ? expected + 0 : expected,
        );
    }),
  );
});

test("units are told apart", () => {
  expect(["$5", "5 ₽", "12%", "5", "10 EUR"].map(unitOf)).toEqual(["$", "₽", "%", "", "EUR"]);
});

test("no text takes long or throws", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...Array.from(" ,.'+-$()%e19р")), maxLength: 60 }),
      (text) => {
        const [point, comma] = [numberIn(text, "point"), numberIn(text, "comma")];
        expect(Number.isFinite(point) || Number.isNaN(point)).toBe(true);
        expect(Number.isFinite(comma) || Number.isNaN(comma)).toBe(true);
      },
    ),
  );
});

const formulaStart = /^[=+\-@\t\r\n＝＋－＠]/;

test("after it was made safe a cell is no formula, stays so, and can be read back", () => {
  const cell = fc
    .tuple(fc.constantFrom("", ...Array.from("=+-@\t\r\n＝＋－＠'")), fc.string())
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(cell, (text) => {
      const safe = neutralise(text);
      expect(neutralise(safe)).toBe(safe);
      expect(safe === "-" || isNumber(safe) || !formulaStart.test(safe)).toBe(true);
      expect(safe !== text ? safe.slice(1) : safe).toBe(text);
    }),
  );
});

test.each([
  ["=1+1", "'=1+1"],
  ["+7 999 123-45-67", "'+7 999 123-45-67"],
  ["-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["\t=1", "'\t=1"],
  ["-5", "-5"],
  ["-1 234,56 ₽", "-1 234,56 ₽"],
  ["+12%", "+12%"],
  ["-", "-"],
  ["a=b", "a=b"],
])("%j becomes %j", (cell, safe) => {
  expect(neutralise(cell)).toBe(safe);
});
