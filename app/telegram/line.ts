import type { Subject } from "./parse.ts";

/**
 * The call that answers an update with one line instead of doing it. The line is said once; a button stops to spin each
 * time. `undefined` when there is nothing to say.
 */
export function lineFor(
  { type, callbackId, chatId }: Subject,
  text: string,
  first: boolean,
): { readonly method: string; readonly payload: object } | undefined {
  if (callbackId !== undefined) {
    const alert = first ? { text, show_alert: true } : {};
    return { method: "answerCallbackQuery", payload: { callback_query_id: callbackId, ...alert } };
  }
  // Who blocks the bot says nothing that could be answered.
  if (!first || type === "my_chat_member") return undefined;
  return { method: "sendMessage", payload: { chat_id: chatId, text } };
}
