/** Which sign stands before the fraction: 1,234.56 or 1.234,56 (and 1 234,56). */
export type Convention = "point" | "comma";

const currency = "[$€£¥₽₸₴₺₹₩₪]|руб\\.?|р\\.|rub|usd|eur|gbp|kzt|uah|chf|pln|cny|jpy";
/** An amount with whatever stands around it; what is between is looked at by convention. */
const amount = new RegExp(
  `^(\\()?\\s*([-+−])?\\s*(${currency})?\\s*([-+−])?([\\d.,'’\\s]*\\d(?:e[-+]?\\d{1,3})?)\\s*(${currency}|%)?\\s*(\\))?$`,
  "iu",
);
const cores: Readonly<Record<Convention, RegExp>> = {
  point: /^(?:\d+|\d{1,3}(?:,\d{3})+|\d{1,3}(?:['’\s]\d{3})+)?(?:\.\d+)?(?:e[-+]?\d+)?$/i,
  comma: /^(?:\d+|\d{1,3}(?:\.\d{3})+|\d{1,3}(?:['’\s]\d{3})+)?(?:,\d+)?(?:e[-+]?\d+)?$/i,
};
const plain = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/;
const mayBegin = /^[\s\d.,(+\-−$€£¥₽₸₴₺₹₩₪рrueugkcpj]/i;
/** No number that a person writes is longer, and it bounds what the patterns may take. */
const longest = 40;

/**
 * Reads a number: with groups of thousands, a currency or %, and minus or parentheses below zero. NaN when it is none;
 * neither are codes that look like one (007, more than 15 digits).
 */
export function numberIn(text: string, convention: Convention): number {
  if (plain.test(text)) {
    if (convention === "point" || !text.includes(".")) return Number(text);
    if (!/\.\d{3}$/.test(text)) return NaN;
  }
  if (text.length > longest || !mayBegin.test(text)) return NaN;
  // One space at most: the pattern has several places for them, and would try all ways to fill these.
  const found = amount.exec(text.trim().replace(/\s+/g, " "));
  if (found === null) return NaN;
  const [, opened, sign, before, signAfter, core = "", after, closed] = found;
  const signs = [sign, signAfter, opened].filter((one) => one !== undefined);
  if ((opened === undefined) !== (closed === undefined) || signs.length > 1) return NaN;
  if (before !== undefined && after !== undefined) return NaN;
  if (!cores[convention].test(core) || /^0\d/.test(core) || /^\d{16}/.test(core)) return NaN;
  const digits =
    convention === "point" ? core.replaceAll(",", "") : core.replaceAll(".", "").replace(",", ".");
  const value = Number(digits.replace(/['’\s]/g, ""));
  if (!Number.isFinite(value)) return NaN;
  return signs.some((one) => one !== "+") ? -value : value;
}

/** Whether it is a number as anybody may write it. */
export const isNumber = (text: string): boolean =>
  !Number.isNaN(numberIn(text, "point")) || !Number.isNaN(numberIn(text, "comma"));

/** The currency or % that stands with a number; empty without. */
export function unitOf(text: string): string {
  const found = amount.exec(text.trim());
  return found?.[3] ?? found?.[6] ?? "";
}
