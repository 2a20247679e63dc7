import type { InlineKeyboardMarkup } from "grammy/types";

/** What each contender is told, in its environment. All are on the loopback. */
export interface Settings {
  readonly port: number;
  readonly postgresPort: number;
  readonly database: string;
  readonly redisPort: number;
  readonly redisPassword: string;
  /** Of the Bot API. */
  readonly apiUrl: string;
  readonly token: string;
  /** Of the webhook. */
  readonly secret: string;
}

export const environmentOf = (settings: Settings): Record<string, string> => ({
  BENCH_SETTINGS: JSON.stringify(settings),
});

export const readSettings = (): Settings => JSON.parse(process.env["BENCH_SETTINGS"] ?? "") as Settings;

/** A text and buttons as long as those of a page of a search. */
export const page: {
  readonly text: string;
  readonly parse_mode: "HTML";
  readonly reply_markup: InlineKeyboardMarkup;
} = {
  text: "<b>Ada Lovelace</b>, cofounder, London\nBuilds engines that compute. Rust, SQL, maths\n\n".repeat(5),
  parse_mode: "HTML",
  reply_markup: {
    inline_keyboard: [
      [{ text: "Next page", callback_data: "search:a:1:" }],
      [{ text: "By skill", callback_data: "skills:a:0:" }],
    ],
  },
};

/** Connections of a contender to Postgres, as many as the bot has. */
export const POOL_SIZE = 10;
export const HEADER = "x-telegram-bot-api-secret-token";
