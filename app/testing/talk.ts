import { expect } from "vitest";
import type { TestBot } from "./bot.ts";
import type { ApiCall, FakeApi } from "./fake-api.ts";
import { message, person, press, type TestPerson } from "./updates.ts";

/** What somebody sees last. */
export interface Seen {
  readonly text: string;
  /** Data of the buttons by their labels. */
  readonly buttons: ReadonlyMap<string, string>;
  /** The answer to a press that comes above the chat. */
  readonly notice: string;
}

const isMessage = ({ method }: ApiCall) => method === "sendMessage" || method === "editMessageText";

function seen(calls: readonly ApiCall[]): Seen {
  const { text, reply_markup: markup } = calls.findLast(isMessage)?.payload ?? {};
  const buttons = [
    ...JSON.stringify(markup ?? {}).matchAll(/"text":"([^"]*)","callback_data":"([^"]*)"/g),
  ].map(([, label = "", data = ""]) => [label, data] as const);
  for (const [, data] of buttons) expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
  const notice = calls.findLast(({ method }) => method === "answerCallbackQuery")?.payload["text"];
  const shown = typeof notice === "string" ? notice : "";
  expect(shown.length).toBeLessThanOrEqual(200);
  return { text: typeof text === "string" ? text : "", buttons: new Map(buttons), notice: shown };
}

/** Several people who talk to the bot one after the other. */
export function talk(bot: TestBot, api: FakeApi) {
  async function deliver(who: TestPerson, update: ReturnType<typeof message>): Promise<Seen> {
    const before = api.calls.length;
    expect((await bot.deliver(update)).status).toBe(200);
    return seen(
      api.calls
        .slice(before)
        .filter(({ payload }) => payload["chat_id"] === who.id || "callback_query_id" in payload),
    );
  }
  return {
    say: (who: TestPerson, text: string) => deliver(who, message(who, text)),
    press: (who: TestPerson, data: string) => deliver(who, press(who, data)),
    /** The last message in the chat of the person. */
    last: (who: TestPerson) => seen(api.calls.filter(({ payload }) => payload["chat_id"] === who.id)),
    /** Somebody with a profile that is found. */
    known: async (name: string, language = "en"): Promise<TestPerson> => {
      const who = person(language, name);
      await bot.deliver(message(who, "/start"));
      await bot.sql(
        `UPDATE users SET name = '${name}', user_type = 'participant', is_searching = true, dialogue = NULL
         WHERE id = ${who.id}`,
      );
      await bot.cache.drop("search");
      return who;
    },
  };
}
