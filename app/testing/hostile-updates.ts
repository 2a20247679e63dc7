// Updates of shapes that the Bot API does not have, or not yet.
import { person, press, type TestPerson } from "./updates.ts";

/** How the webhook ends it: with 400, by doing nothing, or as any other update. */
type Outcome = "refused" | "ignored" | "ok";
type Make = (ada: TestPerson) => object;

let ids = 2 ** 51 + Math.floor(Math.random() * 2 ** 40);
const update = (content: object): object => ({ update_id: (ids += 1), ...content });
const from = (who: TestPerson) => ({ is_bot: false, ...who });
const chat = ({ id, first_name }: TestPerson) => ({ id, type: "private", first_name });
const group = { id: -5, type: "group", title: "Group" };

/** A message in the person's own chat, but for what is said otherwise. */
const spoken = (who: TestPerson, more: object): object =>
  update({ message: { message_id: 1, date: 1, chat: chat(who), from: from(who), text: "hello", ...more } });
const pressed = (who: TestPerson, message: object, more: object = {}): object =>
  update({ callback_query: { id: "1", from: from(who), message, ...more } });
const other = (kind: string, content: object): object => update({ [kind]: content });
const known = (id: number): TestPerson => ({ id, first_name: "Ada" });

function answers(who: TestPerson, depth: number): object {
  let made: object = { message_id: 1, date: 1, chat: chat(who) };
  for (let n = 0; n < depth; n += 1) made = { ...made, reply_to_message: made };
  return made;
}

const entities = {
  outside: [
    { type: "bot_command", offset: -5, length: 2 ** 31 },
    { type: "url", offset: 2 ** 40, length: -1 },
  ],
  none: [{}, { type: 5 }],
  many: Array.from({ length: 100 }, () => ({ type: "bold", offset: 0, length: 5 })),
};

const numbers: Readonly<Record<string, readonly [Outcome, Make]>> = {
  "no id": ["refused", (ada) => ({ message: { chat: chat(ada), from: from(ada) } })],
  "an id that is a text": ["refused", () => ({ update_id: "1" })],
  "an id below zero": ["refused", () => ({ update_id: -1 })],
  "an id of 2^53": ["refused", () => ({ update_id: 2 ** 53 })],
  "an id of 2^63": ["refused", () => ({ update_id: 2 ** 63 })],
  "an id with a fraction": ["refused", () => ({ update_id: 1.5 })],
  "a person of 2^31": ["ok", () => spoken(known(2 ** 31 + Math.floor(Math.random() * 1e6)), {})],
  "a person of 2^52": ["ok", () => spoken(known(2 ** 52 + Math.floor(Math.random() * 1e9)), {})],
  "a person of 2^53": ["refused", () => spoken(known(2 ** 53), {})],
  "a person below zero": ["ok", () => spoken(known(-1), {})],
};

const kinds: Readonly<Record<string, readonly [Outcome, Make]>> = {
  "nothing but an id": ["ignored", () => update({})],
  "a kind that is not there yet": ["ignored", (ada) => other("telepathy", { from: from(ada) })],
  "a reaction": ["ignored", (ada) => other("message_reaction", { chat: chat(ada), user: from(ada) })],
  "a message of a business": [
    "ignored",
    (ada) => other("business_message", { chat: chat(ada), from: from(ada) }),
  ],
  "a post in a channel": [
    "ignored",
    () => other("channel_post", { chat: { id: -1, type: "channel" }, text: "/start" }),
  ],
  "a message that was changed": [
    "ignored",
    (ada) => other("edited_message", { chat: chat(ada), from: from(ada), text: "/start" }),
  ],
  "messages that were deleted": [
    "ignored",
    (ada) => other("deleted_business_messages", { chat: chat(ada), message_ids: [1] }),
  ],
  "a group that has moved": [
    "ignored",
    (ada) => spoken(ada, { chat: group, migrate_to_chat_id: -1_000_000_000_001 }),
  ],
  "a kind of chat that is not there yet": [
    "ignored",
    (ada) => spoken(ada, { chat: { id: ada.id, type: "hologram" } }),
  ],
  "a bot as the sender": ["ignored", (ada) => spoken(ada, { from: { ...from(ada), is_bot: true } })],
  "another sender than the chat's": ["ignored", (ada) => spoken(ada, { from: from(person()) })],
  "a button in a group": ["ignored", (ada) => pressed(ada, { chat: group }, { data: "help" })],
};

const types: Readonly<Record<string, readonly [Outcome, Make]>> = {
  "no chat": ["refused", (ada) => spoken(ada, { chat: undefined })],
  "a chat that is a list": ["refused", (ada) => spoken(ada, { chat: [] })],
  "an id of a chat that is a text": ["refused", (ada) => spoken(ada, { chat: { id: "1", type: "private" } })],
  "no sender": ["ignored", (ada) => spoken(ada, { from: undefined })],
  "null for the sender": ["refused", (ada) => spoken(ada, { from: null })],
  "a list instead of the message": ["refused", () => update({ message: [] })],
  "a text that is a number": ["refused", (ada) => spoken(ada, { text: 5 })],
  "a text that is an object": ["refused", (ada) => spoken(ada, { text: { toString: "hunter2" } })],
  "the year 1970": ["ok", (ada) => spoken(ada, { date: 0 })],
  "a day before that": ["ok", (ada) => spoken(ada, { date: -(2 ** 40) })],
  "a day of the year 36 000": ["ok", (ada) => spoken(ada, { date: 2 ** 40 })],
  "a day that is a text": ["ok", (ada) => spoken(ada, { date: "hunter2" })],
};

const contents: Readonly<Record<string, readonly [Outcome, Make]>> = {
  "an answer to an answer, 1000 times": [
    "ok",
    (ada) => spoken(ada, { reply_to_message: answers(ada, 1000) }),
  ],
  "entities outside of the text": [
    "ok",
    (ada) => spoken(ada, { text: "/start", entities: entities.outside }),
  ],
  "entities that are none": ["ok", (ada) => spoken(ada, { text: "/start", entities: entities.none })],
  "a hundred entities in one place": ["ok", (ada) => spoken(ada, { entities: entities.many })],
  "a name and a username that cannot be stored": [
    "ok",
    (ada) => spoken(ada, { from: { ...from(ada), first_name: "\0\ud800", username: "a\0b" } }),
  ],
  "a newcomer with such names": [
    "ok",
    () => {
      const who = person();
      return spoken(who, {
        from: { ...from(who), first_name: "\0\ud800", last_name: "\0", username: "a\0b" },
        text: "/start",
        entities: [{ type: "bot_command", offset: 0, length: 6 }],
      });
    },
  ],
  "a username that is an address": [
    "ok",
    (ada) => spoken(ada, { from: { ...from(ada), username: 'x"/../evil' } }),
  ],
  "a language of 10 kB": [
    "ok",
    (ada) => spoken(ada, { from: { ...from(ada), language_code: "ru".repeat(5000) } }),
  ],
  "a button without data": ["ok", (ada) => pressed(ada, { chat: chat(ada) })],
  "a button with no data in it": ["ok", (ada) => press(ada, "")],
  "a button with 65 bytes": ["ok", (ada) => press(ada, "x".repeat(65))],
  "a button with 100 kB": ["ok", (ada) => press(ada, `search:a:${"9".repeat(100_000)}:`)],
  "a button with a page that there is not": ["ok", (ada) => press(ada, "search:a:99999999999999999999:")],
  "a button with a NUL": ["ok", (ada) => press(ada, "answer:name:\0\ud800")],
  "a button under a message that is gone": [
    "ok",
    (ada) => pressed(ada, { chat: chat(ada), message_id: 1, date: 0 }, { data: "help" }),
  ],
  "a payment of less than nothing": [
    "ok",
    (ada) =>
      spoken(ada, {
        text: undefined,
        successful_payment: {
          currency: "XTR",
          total_amount: -1,
          invoice_payload: "x",
          telegram_payment_charge_id: `charge${ids}`,
        },
      }),
  ],
  "a file with a name that cannot be stored": [
    "ok",
    (ada) => spoken(ada, { text: undefined, document: { file_id: "x\0", file_name: 'a\0\ud800\r\n".csv' } }),
  ],
  "a file with a name of 10 kB": [
    "ok",
    (ada) =>
      spoken(ada, { text: undefined, document: { file_id: "x", file_name: `${"x".repeat(10_000)}.csv` } }),
  ],
};

/** Each by what it has, as anybody with the webhook's secret could post it in the name of a person. */
export const hostileUpdates = { ...numbers, ...kinds, ...types, ...contents };
