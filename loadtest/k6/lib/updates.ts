import { FIRST_PERSON } from "./people.ts";

/** What people do, and how often: out of 20 actions. */
export const kinds = [
  "start",
  "profile",
  "search",
  "page",
  "invite",
  "ask",
  "settings",
  "help",
  "text",
] as const;
export type Kind = (typeof kinds)[number];

const often: readonly Kind[] = ["search", "page", "profile", "page", "text"];
const mix: readonly Kind[] = [
  ...often,
  ...often,
  ...["search", "page", "profile", "page", "settings"],
  ...["invite", "ask", "profile", "help", "start"],
] as const;

/**
 * What a person does in a round: everybody starts with /start, then each goes through the kinds from elsewhere. Their
 * number has no divisor in common with the step.
 */
export function kindOf(person: number, round: number, kindsOfRun: readonly Kind[] = mix): Kind {
  if (round === 0) return "start";
  return kindsOfRun[(person * 7 + round) % kindsOfRun.length] ?? "help";
}

const sentences = [
  "Looking for a designer who likes fintech",
  "Python, SQL, a bit of machine learning",
  "Ищу кофаундера с опытом в продажах",
  "We build tools for teachers, launched in May",
  "Привет! Как добавить навыки?",
];

const questions = ["How do I find my first ten users?", "Как назначить цену?", "Is a landing page enough?"];

const texts: Record<Exclude<Kind, "page" | "invite">, (n: number) => string> = {
  start: () => "/start",
  profile: () => "/profile",
  search: () => "/search",
  ask: (n) => `/ask ${questions[n % questions.length] ?? "What now?"}`,
  settings: () => "/settings",
  help: () => "/help",
  text: (n) => sentences[n % sentences.length] ?? "Hello",
};

/** A CSV file that people upload. */
export interface Uploaded {
  id: string;
  /** Bytes. */
  size: number;
}

export interface Action {
  /** 0 .. people - 1 */
  person: number;
  kind: Kind | Uploaded;
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
  if (typeof kind === "object") {
    const document = { file_id: kind.id, file_unique_id: `load${kind.id}`, file_name: "metrics.csv" };
    return {
      update_id: updateId,
      message: {
        ...message,
        from,
        document: { ...document, mime_type: "text/csv", file_size: kind.size },
      },
    };
  }
  if (kind === "page" || kind === "invite") {
    return {
      update_id: updateId,
      callback_query: {
        id: String(updateId),
        from,
        chat_instance: String(id),
        // Everybody's pages 1 to 4, without a filter; and the person next door.
        data: kind === "page" ? `search:a:${updateId % 4}:` : `invite:${FIRST_PERSON + (person ^ 1)}`,
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
