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

/** Most texts are the same for everybody, and looking one up negotiates the language anew each time. */
function createTranslator(locale: Locale): Translate {
  const known = new Map<string, string>();
  return (key, values) => {
    if (values !== undefined) return i18n.t(locale, key, values);
    const text = known.get(key) ?? i18n.t(locale, key);
    known.set(key, text);
    return text;
  };
}

const translators: Record<Locale, Translate> = { en: createTranslator("en"), ru: createTranslator("ru") };

export function translator(locale: Locale): Translate {
  return translators[locale];
}

/** The language of a person by Telegram's `language_code`: "ru", "ru-RU" -> ru, everything else en. */
export function localeOf(languageCode: string | undefined): Locale {
  return /^ru\b/i.test(languageCode ?? "") ? "ru" : "en";
}

/** A day in the language of a person, in UTC. */
export const day = (locale: Locale, date: Date): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(date);

/** Where Telegram shows a person. */
export const addressOf = (person: {
  readonly id: number;
  readonly username?: string | null | undefined;
}): string => (person.username == null ? `tg://user?id=${person.id}` : `https://t.me/${person.username}`);

/** The characters of a text as Postgres counts them (code points). */
export const characters = (text: string): string[] => Array.from(text);

/** A text as Postgres can store it: without NUL, and lone halves of a pair are no UTF-8. */
export const storable = (text: string): string => text.replaceAll("\0", "").toWellFormed();

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
