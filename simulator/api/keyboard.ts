import { z } from "zod";
import { ApiError } from "./error.ts";

const button = z.looseObject({
  text: z.string().min(1),
  callback_data: z.string().optional(),
  url: z.string().optional(),
});
const replyButton = z.union([
  z.string().transform((text) => ({ text })),
  z.looseObject({ text: z.string().min(1) }),
]);
const inlineKeyboard = z.looseObject({ inline_keyboard: z.array(z.array(button)) });
const replyKeyboard = z.looseObject({
  keyboard: z.array(z.array(replyButton)),
  resize_keyboard: z.boolean().optional(),
  one_time_keyboard: z.boolean().optional(),
  is_persistent: z.boolean().optional(),
  input_field_placeholder: z.string().max(64).optional(),
});
const forceReply = z.looseObject({
  force_reply: z.literal(true),
  input_field_placeholder: z.string().max(64).optional(),
});

export type InlineKeyboard = z.infer<typeof inlineKeyboard>;
export type Keyboard =
  | InlineKeyboard
  | z.infer<typeof replyKeyboard>
  | { readonly remove_keyboard: true }
  | z.infer<typeof forceReply>;

export const isInline = (keyboard: Keyboard | null): keyboard is InlineKeyboard =>
  keyboard !== null && "inline_keyboard" in keyboard;

function parse<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue === undefined ? "" : ` (${issue.path.join(".")}: ${issue.message})`;
  throw new ApiError(400, `can't parse ${what} JSON object${where}`);
}

/** Checks a reply_markup as Telegram does; null when there is none. */
export function readKeyboard(value: unknown): Keyboard | null {
  if (value === undefined || value === null || value === "") return null;
  if (typeof value !== "object") throw new ApiError(400, "object expected as reply markup");
  if ("inline_keyboard" in value) {
    const keyboard = parse(inlineKeyboard, value, "inline keyboard");
    const rows = keyboard.inline_keyboard.filter((row) => row.length > 0);
    for (const one of rows.flat()) checkButton(one);
    return rows.length === 0 ? null : { ...keyboard, inline_keyboard: rows };
  }
  if ("keyboard" in value) return parse(replyKeyboard, value, "reply keyboard");
  if ("remove_keyboard" in value) return value.remove_keyboard === true ? { remove_keyboard: true } : null;
  if ("force_reply" in value)
    return value.force_reply === true ? parse(forceReply, value, "force reply") : null;
  if (Object.keys(value).length === 0) return null;
  throw new ApiError(400, "object expected as reply markup");
}

/** Parts of a button that do nothing. */
const passive = new Set(["text", "style", "icon_custom_emoji_id"]);

function checkButton(one: z.infer<typeof button>): void {
  if (Object.keys(one).every((key) => passive.has(key))) {
    throw new ApiError(
      400,
      "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    );
  }
  const { callback_data: data, url } = one;
  if (data !== undefined && (data === "" || Buffer.byteLength(data) > 64)) {
    throw new ApiError(400, "BUTTON_DATA_INVALID");
  }
  if (url !== undefined && !/^(https?|tg):\/\/\S+$/i.test(url) && !/^[\w-]+(\.[\w-]+)+(\/\S*)?$/.test(url)) {
    throw new ApiError(400, `inline keyboard button URL '${url}' is invalid: Wrong HTTP URL`);
  }
}
