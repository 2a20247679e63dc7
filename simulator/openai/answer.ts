import { createHash } from "node:crypto";

const openings = [
  "That is a good question.",
  "Let me think about that.",
  "Here is what I can say about it.",
  "Thank you for telling me.",
  "I have looked at it from several sides.",
];
const middles = [
  "It depends on what matters most to you, so begin with the part that you can check yourself.",
  "Two people may see it differently, and both can be right; ask what each of them has seen.",
  "The short answer is yes, but only when the first step is done before the second one.",
  "Most of it is simple. The rest needs patience, a list, and somebody who reads the list.",
  "There is a quick way and a careful way. Take the careful one when others depend on you.",
  "I would write down what is known, cross out what is guessed, and look at what is left.",
];
const endings = [
  "Tell me more, and I can be more exact.",
  "Does this help?",
  "That is all I know about it.",
  "Shall I give an example?",
];

/** An answer of a few sentences that only the message decides: the same message always gets the same answer. */
export function cannedAnswer(message: string): string {
  const hash = createHash("sha256").update(message).digest();
  const pick = (list: readonly string[], byte: number): string =>
    list[hash.readUInt8(byte) % list.length] ?? "";
  const quoted = message.trim().replace(/\s+/g, " ");
  const start = quoted.length > 60 ? `${quoted.slice(0, 60)}...` : quoted;
  return `You said: "${start}". ${pick(openings, 0)} ${pick(middles, 1)} ${pick(middles, 2)} ${pick(endings, 3)}`;
}

/** Pieces of at most four characters, each with the blank before it: about what a language model calls a token. */
export const tokens = (text: string): readonly string[] => text.match(/\s*[^\s]{1,4}|\s+/g) ?? [];
