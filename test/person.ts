import { z } from "zod";

const button = z.looseObject({ text: z.string(), callback_data: z.string().optional() });
const message = z.looseObject({
  message_id: z.number(),
  rev: z.number(),
  from: z.enum(["bot", "person"]),
  text: z.string().optional(),
  keyboard: z.unknown(),
});
const inlineKeyboard = z.looseObject({ inline_keyboard: z.array(z.array(button)) });
const view = z.object({ rev: z.number(), messages: z.array(message) });

type Message = z.infer<typeof message>;

/** Somebody who chats with the bot through the simulator. */
export interface Person {
  readonly id: number;
  /** Sends a text and resolves with the bot's next message. */
  say(text: string): Promise<Message>;
  /** Presses the inline button whose text matches, and resolves with what the bot shows next. */
  press(label: RegExp): Promise<Message>;
}

/** Adds a person to the simulator at `base`. */
export async function newPerson(base: string, name: string, language = "en"): Promise<Person> {
  const call = async (path: string, body?: object): Promise<unknown> => {
    const init =
      body === undefined
        ? {}
        : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const response = await fetch(`${base}/simulator/api${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
    return JSON.parse(text);
  };
  const { id } = z
    .looseObject({ id: z.number() })
    .parse(await call("/people", { first_name: name, language_code: language }));
  const chat = `/people/${id}/messages`;

  const next = async (rev: number): Promise<Message> => {
    const end = Date.now() + 30_000;
    let seen = rev;
    while (Date.now() < end) {
      const news = view.parse(await call(`${chat}?after=${seen}&wait=5`));
      const fromBot = news.messages.filter((one) => one.from === "bot" && one.rev > rev).at(-1);
      if (fromBot !== undefined) return fromBot;
      seen = news.rev;
    }
    throw new Error(`${name} waited 30 s for the bot's answer`);
  };
  const current = async (): Promise<z.infer<typeof view>> => view.parse(await call(`${chat}?after=0`));

  return {
    id,
    async say(text) {
      const { rev } = await current();
      await call(chat, { text });
      return next(rev);
    },
    async press(label) {
      const { rev, messages } = await current();
      for (const one of messages.toReversed()) {
        const keyboard = inlineKeyboard.safeParse(one.keyboard);
        const found = keyboard.data?.inline_keyboard.flat().find((candidate) => label.test(candidate.text));
        if (found?.callback_data === undefined) continue;
        await call(`/people/${id}/press`, { message_id: one.message_id, data: found.callback_data });
        return next(rev);
      }
      throw new Error(`no button matches ${String(label)}`);
    },
  };
}
