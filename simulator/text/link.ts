import type { MessageEntity } from "@grammyjs/types";

/** Where an entity is, in UTF-16 code units. */
export interface Place {
  readonly offset: number;
  readonly length: number;
}

const schemes = ["http:", "https:", "tg:", "ton:", "tonsite:", "mailto:", "tel:"];

/**
 * An entity that leads to `href`, or names the user of `tg://user?id=`, of whom nothing but the id is known here.
 * Undefined when that is no usable address: the words stay plain text then.
 */
export function link(href: string, place: Place): MessageEntity | undefined {
  const user = parameters(href, "user")?.get("id") ?? "";
  if (/^[1-9]\d{0,15}$/.test(user)) {
    return { type: "text_mention", user: { id: Number(user), is_bot: false, first_name: "" }, ...place };
  }
  const address = /^[a-z][a-z0-9+.-]*:/i.test(href) ? href : `http://${href}`;
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (!schemes.includes(url.protocol)) return undefined;
  // Telegram takes no names without a dot, so "[1](not a link)" stays text.
  if (url.protocol.startsWith("http") && !/[.:]/.test(url.hostname)) return undefined;
  return { type: "text_link", url: url.href, ...place };
}

/** The parameters of a tg:// address with that host; undefined when it is another one. */
function parameters(address: string, host: string): URLSearchParams | undefined {
  const query = new RegExp(`^tg:(?://)?${host}/?\\?([^#]*)`, "i").exec(address)?.[1];
  return query === undefined ? undefined : new URLSearchParams(query);
}

/** An entity of `tg://emoji?id=` or `tg://time?unix=`; undefined when the address is neither. */
export function emojiOrTime(address: string, place: Place): MessageEntity | undefined {
  const emoji = customEmoji(parameters(address, "emoji")?.get("id") ?? "", place);
  if (emoji !== undefined) return emoji;
  const time = parameters(address, "time");
  return time === undefined ? undefined : dateTime(time.get("unix") ?? "", time.get("format") ?? "", place);
}

export function customEmoji(id: string, place: Place): MessageEntity | undefined {
  if (!/^-?\d{1,19}$/.test(id) || /^-?0+$/.test(id)) return undefined;
  return { type: "custom_emoji", custom_emoji_id: id, ...place };
}

export const isDateFormat = (format: string): boolean => /^(?:[rR]|[tTdDwW]*)$/.test(format);

type DateTime = Extract<MessageEntity, { type: "date_time" }>;

/** An entity that shows a moment in the reader's own time; undefined when something is wrong. */
export function dateTime(unix: string, format: string, place: Place): DateTime | undefined {
  const unix_time = /^\d{1,10}$/.test(unix) ? Number(unix) : 0;
  if (unix_time <= 0 || unix_time >= 2 ** 31) return undefined;
  if (!isDateFormat(format)) return undefined;
  const has = (letter: string): boolean => format.includes(letter);
  const date_time_format: DateTime["date_time_format"] = /^r$/i.test(format)
    ? "r"
    : `${has("w") || has("W") ? "w" : ""}${has("D") ? "D" : has("d") ? "d" : ""}${has("T") ? "T" : has("t") ? "t" : ""}`;
  return { type: "date_time", unix_time, date_time_format, ...place };
}
