import { FIRST_PERSON } from "./people.ts";

/** What people do, and how often: out of 20 actions. */
export const kinds = ["start", "profile", "search", "page", "help", "text"] as const;
export type Kind = (typeof kinds)[number];

const often: readonly Kind[] = ["search", "page", "profile", "page", "text"];
const mix: readonly Kind[] = [...often, ...often, ...often, "search", "page", "profile", "help", "start"];

/** What a person does in a round: everybody starts with /start, then each goes through the mix from elsewhere. */
export function kindOf(person: number, round: number): Kind {
  if (round === 0) return "start";
  return mix[(person * 7 + round) % mix.length] ?? "help";
}

const sentences = [
  "Looking for a designer who likes fintech",
  "Python, SQL, a bit of machine learning",
  "Ищу кофаундера с опытом в продажах",
  "We build tools for teachers, launched in May",
  "Привет! Как добавить навыки?",
];

const texts: Record<Exclude<Kind, "page">, (n: number) => string> = {
  start: () => "/start",
  profile: () => "/profile",
  search: () => "/search",
  help: () => "/help",
  text: (n) => sentences[n % sentences.length] ?? "Hello",
};

export interface Action {
  /** 0 .. people - 1 */
  person: number;
  kind: Kind;
  updateId: number;
  /** Unix time in seconds. */
  now: number;
}

/** An update as the Bot API sends it for that action. */
export function updateOf({ person, kind, updateId, now }: Action): Record<string, unknown> {
  const id = FIRST_PERSON + person;
  // Two of three people write in English.
  const from = {
    id,
    is_bot: false,
    first_name: `Load ${person}`,
    username: `load_${person}`,
    language_code: person % 3 === 0 ? "ru" : "en",
  };
  const chat = { id, type: "private", first_name: from.first_name, username: from.username };
  // Ids of messages rise within a chat.
  const message = { message_id: (updateId % 1_000_000_000) + 1, chat, date: now };
  if (kind === "page") {
    return {
      update_id: updateId,
      callback_query: {
        id: String(updateId),
        from,
        chat_instance: String(id),
        // Everybody's pages 1 to 4, without a filter.
        data: `search:a:${updateId % 4}:`,
        message: { ...message, from: { id: 1, is_bot: true, first_name: "Launch Lab" }, text: "Search" },
      },
    };
  }
  const text = texts[kind](updateId);
  const entities = text.startsWith("/")
    ? { entities: [{ type: "bot_command", offset: 0, length: text.length }] }
    : {};
  return { update_id: updateId, message: { ...message, from, text, ...entities } };
}
