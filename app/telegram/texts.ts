import { join } from "node:path";
import { I18n } from "@grammyjs/i18n";

export const locales = ["en", "ru"] as const;
export type Locale = (typeof locales)[number];

const i18n = new I18n({
  defaultLocale: "en",
  directory: join(import.meta.dirname, "../locales"),
  // The marks around inserted values that Fluent adds are meant for mixed writing directions.
  fluentBundleOptions: { useIsolating: false },
});

export type Translate = (key: string, values?: Record<string, string | number>) => string;

export function translator(locale: Locale): Translate {
  return (key, values) => i18n.t(locale, key, values);
}

/** The language of a person by Telegram's `language_code`: "ru", "ru-RU" -> ru, everything else en. */
export function localeOf(languageCode: string | undefined): Locale {
  return /^ru\b/i.test(languageCode ?? "") ? "ru" : "en";
}

/** The characters of a text as Postgres counts them (code points). */
export const characters = (text: string): string[] => Array.from(text);

/** Cuts a text to at most `max` characters, with an ellipsis. */
export function shorten(text: string, max: number): string {
  const all = characters(text);
  return all.length <= max
    ? text
    : `${all
        .slice(0, max - 1)
        .join("")
        .trimEnd()}…`;
}

/** Makes a text of a person safe inside of a message in HTML. */
export function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
