/** Telegram's limit, in UTF-16 code units. */
const LONGEST = 4096;

/** Where a text may be cut, the best first; the cut is behind the match. */
const borders = [/\n\s*\n/g, /\n/g, /[.!?…]["»”)]?\s/g, /\s/g];

/** The end of the last border in the text, unless that leaves less than half of it. */
function lastBorder(text: string): number | undefined {
  for (const border of borders) {
    const end = [...text.matchAll(border)].map((match) => match.index + match[0].length).at(-1);
    if (end !== undefined && end >= text.length / 2) return end;
  }
  return undefined;
}

/** Cuts a text into messages: between paragraphs, else lines, sentences, or words, and never within a character. */
export function split(text: string, longest = LONGEST): string[] {
  const parts: string[] = [];
  let rest = text.trim();
  while (rest.length > longest) {
    const head = rest.slice(0, longest);
    const whole = head.isWellFormed() ? longest : longest - 1;
    const end = lastBorder(head) ?? whole;
    parts.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return rest === "" ? parts : [...parts, rest];
}
