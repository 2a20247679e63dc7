/** A person who talks to the bot, as Telegram describes it. */
export interface TestPerson {
  readonly id: number;
  readonly first_name: string;
  readonly last_name?: string;
  readonly username?: string;
  readonly language_code?: string;
}

// Test files have their own database but share Redis, so their people and updates must differ.
let nextUpdate = Math.floor(Math.random() * 2 ** 40);
let nextPerson = Math.floor(Math.random() * 2 ** 40);

export function person(language = "en", firstName = "Ada"): TestPerson {
  nextPerson += 1;
  return { id: nextPerson, first_name: firstName, username: `person${nextPerson}`, language_code: language };
}

const update = (content: object) => ({ update_id: (nextUpdate += 1), ...content });
const from = (who: TestPerson) => ({ is_bot: false, ...who });
const chat = ({ id, first_name }: TestPerson) => ({ id, type: "private", first_name });

function command(text: string) {
  const length = text.split(" ")[0]?.length ?? 0;
  return text.startsWith("/") ? { entities: [{ type: "bot_command", offset: 0, length }] } : {};
}

export type TestUpdate = ReturnType<typeof update>;

export function message(who: TestPerson, text: string): TestUpdate {
  return update({
    message: { message_id: nextUpdate, date: 1, chat: chat(who), from: from(who), text, ...command(text) },
  });
}

export function photo(who: TestPerson): TestUpdate {
  return update({
    message: { message_id: nextUpdate, date: 1, chat: chat(who), from: from(who), photo: [] },
  });
}

export function document(
  who: TestPerson,
  file: {
    readonly file_id: string;
    readonly file_name?: string;
    readonly mime_type?: string;
    readonly file_size?: number;
  },
): TestUpdate {
  return update({
    message: { message_id: nextUpdate, date: 1, chat: chat(who), from: from(who), document: file },
  });
}

export function groupMessage(who: TestPerson, text: string): TestUpdate {
  const group = { id: -100, type: "group", title: "Group" };
  return update({
    message: { message_id: 1, date: 1, chat: group, from: from(who), text, ...command(text) },
  });
}

export function press(who: TestPerson, data: string): TestUpdate {
  return update({
    callback_query: {
      id: `query${nextUpdate}`,
      from: from(who),
      chat_instance: "1",
      data,
      message: { message_id: 7, date: 1, chat: chat(who), text: "before" },
    },
  });
}

/** A message of Telegram itself, such as `{ successful_payment }`. */
export function service(who: TestPerson, content: object): TestUpdate {
  return update({
    message: { message_id: nextUpdate, date: 1, chat: chat(who), from: from(who), ...content },
  });
}

export function preCheckout(who: TestPerson, stars: number, payload: string): TestUpdate {
  const order = { currency: "XTR", total_amount: stars, invoice_payload: payload };
  return update({ pre_checkout_query: { id: `order${nextUpdate}`, from: from(who), ...order } });
}

export function membership(who: TestPerson, status: "member" | "kicked"): TestUpdate {
  const user = { id: 1000, is_bot: true, first_name: "Lab" };
  return update({
    my_chat_member: {
      chat: chat(who),
      from: from(who),
      date: 1,
      old_chat_member: { user, status: status === "kicked" ? "member" : "kicked" },
      new_chat_member: { user, status },
    },
  });
}
