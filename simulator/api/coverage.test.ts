import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ApiMethods } from "@grammyjs/types";
import ts from "typescript";
import { expect, test } from "vitest";
import { knownMethods } from "./bot-api.ts";

/** What the bot needs, and what most bots of others call. */
const needed: readonly (keyof ApiMethods<never>)[] = [
  "getMe",
  "getUpdates",
  "setWebhook",
  "getWebhookInfo",
  "deleteWebhook",
  "sendMessage",
  "editMessageText",
  "editMessageCaption",
  "editMessageReplyMarkup",
  "deleteMessage",
  "deleteMessages",
  "copyMessage",
  "forwardMessage",
  "answerCallbackQuery",
  "sendDocument",
  "sendPhoto",
  "sendMediaGroup",
  "sendChatAction",
  "getFile",
  "setMyCommands",
  "getMyCommands",
  "setMyDescription",
  "setMessageReaction",
  "getChat",
  "getChatMember",
  "sendInvoice",
  "createInvoiceLink",
  "answerPreCheckoutQuery",
  "refundStarPayment",
  "answerInlineQuery",
];

/** The names in the type ApiMethods: types are gone at run time, so their source is read. */
function allMethods(): string[] {
  const path = fileURLToPath(import.meta.resolve("@grammyjs/types")).replace(/mod\.js$/, "methods.d.ts");
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest);
  const type = source.statements.filter(ts.isTypeAliasDeclaration).find((s) => s.name.text === "ApiMethods");
  if (type === undefined || !ts.isTypeLiteralNode(type.type))
    throw new Error("ApiMethods is not in the types");
  return type.type.members.flatMap((m) =>
    m.name !== undefined && ts.isIdentifier(m.name) ? m.name.text : [],
  );
}

const all = allMethods();

test("the simulator knows every method that the bot and most others need", () => {
  const known = all.filter((name) => knownMethods.includes(name));
  console.log(`${known.length} of ${all.length} methods of the Bot API`);
  expect(all.length).toBeGreaterThan(150);
  expect(needed.filter((name) => !known.includes(name))).toEqual([]);
});

test("the simulator knows no method that Telegram does not", () => {
  expect(knownMethods.filter((name) => !all.includes(name))).toEqual([]);
});
