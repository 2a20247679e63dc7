import type { MessageEntity } from "@grammyjs/types";
import type { FormattedText } from "./html.ts";

type Found = "bot_command" | "mention" | "hashtag" | "email" | "url";

const patterns: readonly [Found, RegExp][] = [
  [
    "url",
    /\b(?:https?:\/\/[^\s<>"']+|(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|me|app|ru|de|uk)\b(?:\/[^\s<>"']*)?)/giu,
  ],
  ["email", /\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/gu],
  ["bot_command", /(?<![\w/<])\/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?![\w/])/gu],
  ["mention", /(?<![\w@])@[a-zA-Z][a-zA-Z0-9_]{3,31}\b/gu],
  ["hashtag", /(?<![\p{L}\p{N}_#])#[\p{L}\p{N}_]*\p{L}[\p{L}\p{N}_]*/gu],
];

const overlaps = (a: MessageEntity, b: MessageEntity): boolean =>
  a.offset < b.offset + b.length && b.offset < a.offset + a.length;

/** Inside these nothing is looked for. */
const opaque = new Set<MessageEntity["type"]>(["code", "pre", "text_link", "text_mention"]);

/** Commands, mentions, hashtags and addresses that Telegram finds in any text by itself. */
export function findEntities({ text, entities }: FormattedText): MessageEntity[] {
  // Most texts have none of them.
  if (!/[/@#.]/.test(text)) return entities;
  const found: MessageEntity[] = [];
  for (const [type, pattern] of patterns) {
    for (const match of text.matchAll(pattern)) {
      const word = type === "url" ? match[0].replace(/[.,:;!?)\]]+$/, "") : match[0];
      const entity: MessageEntity = { type, offset: match.index, length: word.length };
      // An address of e-mail contains a domain name, which is no address of its own.
      if (type === "url" && (text[match.index - 1] === "@" || text[match.index + word.length] === "@"))
        continue;
      if (found.some((e) => overlaps(e, entity))) continue;
      if (entities.some((e) => opaque.has(e.type) && overlaps(e, entity))) continue;
      found.push(entity);
    }
  }
  return [...entities, ...found].sort((a, b) => a.offset - b.offset || b.length - a.length);
}

/** Cuts white space off both ends, as Telegram does, and moves the entities along. */
export function trim({ text, entities }: FormattedText): FormattedText {
  const trimmed = text.trim();
  if (trimmed.length === text.length) return { text, entities };
  const start = text.length - text.trimStart().length;
  const moved = entities.flatMap((entity) => {
    const offset = Math.max(0, entity.offset - start);
    const end = Math.min(trimmed.length, entity.offset + entity.length - start);
    return end > offset ? [{ ...entity, offset, length: end - offset }] : [];
  });
  return { text: trimmed, entities: moved };
}
