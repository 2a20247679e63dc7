import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { z } from "zod";
import { startSimulator } from "../../simulator/testing/server.ts";
import { TEST_TOKEN } from "../../simulator/testing/world.ts";
import { freshDatabase } from "../../test/support/database.ts";
import { startBot, type TestBot } from "../testing/bot.ts";
import { hostileTexts } from "../testing/hostile-texts.ts";
import { isUpdate, subjectOf } from "./parse.ts";
import { commands } from "./commands.ts";

const unhandled: unknown[] = [];
const note = (error: unknown): void => void unhandled.push(error);
beforeAll(() => void process.on("unhandledRejection", note));
afterAll(() => void process.off("unhandledRejection", note));

let simulator: string;
let bot: TestBot;
let nextUpdate = Math.floor(Math.random() * 2 ** 40);

beforeEach(async () => {
  simulator = (await startSimulator()).url;
  const servers = inject("servers");
  const database = await freshDatabase(servers.postgres);
  bot = await startBot({ servers, database, apiUrl: simulator, token: TEST_TOKEN, requests: 1e6 });
  return () => bot.close();
});

const json = async (path: string, body?: object): Promise<unknown> => {
  const init = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  const response = await fetch(`${simulator}/simulator/api${path}`, body === undefined ? {} : init);
  expect(response.ok).toBe(true);
  return response.json();
};

/** Somebody whom the bot can reach. */
async function newcomer(): Promise<number> {
  const { id } = z
    .object({ id: z.number() })
    .parse(await json("/people", { first_name: "Ada", language_code: "en" }));
  await json(`/people/${id}/messages`, { text: "hello" });
  return id;
}

const history = z.object({
  messages: z.array(
    z.object({
      message_id: z.number(),
      from: z.string(),
      keyboard: z
        .object({
          inline_keyboard: z.array(z.array(z.object({ callback_data: z.string().optional() }))).optional(),
        })
        .nullish(),
    }),
  ),
});

/** The buttons that the person sees, each with its message. */
async function buttonsOf(id: number): Promise<{ message: number; data: string }[]> {
  const { messages } = history.parse(await json(`/people/${id}/messages?after=0`));
  return messages.flatMap(({ message_id, keyboard }) =>
    (keyboard?.inline_keyboard ?? [])
      .flat()
      .flatMap(({ callback_data }) =>
        callback_data === undefined ? [] : [{ message: message_id, data: callback_data }],
      ),
  );
}

/** What people write: words, figures, commands with and without more, and what keyboards rarely have. */
const text = fc.oneof(
  fc.constantFrom(...commands).map((command) => `/${command}`),
  fc
    .tuple(fc.constantFrom(...commands), fc.string({ unit: "grapheme", maxLength: 40 }))
    .map(([command, rest]) => `/${command} ${rest}`),
  fc.constantFrom("design, python", "Riga", "/", ...Object.values(hostileTexts)),
  fc.string({ unit: "binary", maxLength: 100 }),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 4096 }),
);

const media = fc.constantFrom<object>(
  { photo: [{ file_id: "x", file_unique_id: "x", width: 1, height: 1 }], caption: "/start" },
  { document: { file_id: "x", file_unique_id: "x", file_name: "../../etc/passwd", file_size: 5 } },
  { document: { file_id: "x", file_unique_id: "x", file_name: "a.csv", file_size: 2 ** 40 } },
  { document: { file_id: "x", file_unique_id: "x" } },
  { voice: { file_id: "x", file_unique_id: "x", duration: 1 } },
  { sticker: { file_id: "x", file_unique_id: "x", type: "regular", width: 1, height: 1 } },
  { contact: { phone_number: "1", first_name: "x" } },
  { location: { latitude: 0, longitude: 0 } },
  { poll: { id: "1", question: "x", options: [] } },
  { new_chat_members: [] },
  {
    successful_payment: {
      currency: "XTR",
      total_amount: 1,
      invoice_payload: "x",
      telegram_payment_charge_id: "x",
    },
  },
);

/** What a person does. `nth`: of the buttons that are there. */
const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("say" as const), text }) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant("press" as const), nth: fc.nat(), tail: fc.constant("") }),
  },
  fc.record({ kind: fc.constant("press" as const), nth: fc.nat(), tail: fc.string({ maxLength: 20 }) }),
  fc.record({ kind: fc.constant("send" as const), media }),
  fc.record({ kind: fc.constant("member" as const), status: fc.constantFrom("member", "kicked") }),
  fc.record({ kind: fc.constant("edit" as const), text }),
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

async function updateOf(id: number, done: Action): Promise<object> {
  const from = { id, is_bot: false, first_name: "Ada", language_code: "en" };
  const chat = { id, type: "private", first_name: "Ada" };
  const message = { message_id: 1, date: 1, chat, from };
  const update_id = (nextUpdate += 1);
  const written = (words: string): object => ({
    ...message,
    text: words,
    ...(words.startsWith("/") && {
      entities: [{ type: "bot_command", offset: 0, length: words.split(" ")[0]?.length ?? 0 }],
    }),
  });
  switch (done.kind) {
    case "say":
      return { update_id, message: written(done.text) };
    case "edit":
      return { update_id, edited_message: { ...message, edit_date: 2, text: done.text } };
    case "send":
      return { update_id, message: { ...message, ...done.media } };
    case "member": {
      const user = { id: 1000, is_bot: true, first_name: "Lab" };
      const [old_chat_member, new_chat_member] = [
        { user, status: "member" },
        { user, status: done.status },
      ];
      return { update_id, my_chat_member: { chat, from, date: 1, old_chat_member, new_chat_member } };
    }
    case "press": {
      const buttons = await buttonsOf(id);
      const { data, message: message_id } = buttons[done.nth % Math.max(buttons.length, 1)] ?? {
        data: "x",
        message: 1,
      };
      const query = { id: String(update_id), from, chat_instance: "1", data: data + done.tail };
      return { update_id, callback_query: { ...query, message: { ...message, message_id, text: "before" } } };
    }
  }
}

/** Kinds of updates at which a handler failed or took too long. */
async function failures(): Promise<unknown[]> {
  const { values } = await bot.metrics.updates.get();
  return values.filter(
    ({ labels, value }) => !["ok", "duplicate", "ignored"].includes(String(labels.outcome)) && value > 0,
  );
}

/** What must hold whatever was sent: each update was done once, and nothing is left behind or was refused. */
async function expectOrder(sent: readonly object[]): Promise<void> {
  await bot.unitOfWork.settled();
  const ours = sent.filter((body) => isUpdate(body) && subjectOf(body) !== undefined);
  const ids = ours.map((body) => z.object({ update_id: z.number() }).parse(body).update_id);
  const [receipts] = await bot.sql(
    `SELECT count(*)::int AS count FROM receipts WHERE update_id IN (${[-1, ...ids].join(",")})`,
  );
  expect(receipts).toEqual({ count: new Set(ids).size });
  expect(await bot.sql("SELECT method, payload, error FROM outbox")).toEqual([]);
  expect(unhandled).toEqual([]);
}

test("whatever people say and press, every update is done once and every answer is one that Telegram takes", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ done: action, twice: fc.boolean() }), { maxLength: 25 }),
      async (list) => {
        const id = await newcomer();
        const sent: object[] = [];
        for (const { done, twice } of [
          { done: { kind: "say", text: "/start" } as const, twice: false },
          ...list,
        ]) {
          const update = await updateOf(id, done);
          sent.push(update);
          const answers = await Promise.all(
            (twice ? [update, update] : [update]).map((one) => bot.deliver(one)),
          );
          expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
        }
        await expectOrder(sent);
        expect(await failures()).toEqual([]);
      },
    ),
    { numRuns: 40 },
  );
}, 120_000);

/** Puts another value somewhere into an object, or takes something out of it. */
function spoil(value: unknown, path: readonly number[], other: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined || typeof value !== "object" || value === null) return other;
  const keys = Object.keys(value);
  const key = keys[step % Math.max(keys.length, 1)];
  if (key === undefined) return other;
  const changed = Object.entries(value).map(([name, member]: [string, unknown]) => [
    name,
    name === key ? spoil(member, rest, other) : member,
  ]);
  return Array.isArray(value) ? changed.map(([, member]) => member) : Object.fromEntries(changed);
}

test("an update of a shape that the Bot API does not have is refused or done once, and breaks nothing", async () => {
  const id = await newcomer();
  const spoilt = fc.record({
    done: action,
    path: fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
    other: fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant(undefined), fc.double(), fc.maxSafeInteger()),
  });
  await fc.assert(
    fc.asyncProperty(spoilt, async ({ done, path, other }) => {
      const update = spoil(await updateOf(id, done), path, other);
      // As it travels: without what JSON does not know.
      const [body = null] = z.tuple([z.unknown()]).parse(JSON.parse(JSON.stringify([update])));
      const { status } = await bot.deliver(JSON.stringify(body));
      expect(status).toBe(isUpdate(body) ? 200 : 400);
      if (isUpdate(body)) await expectOrder([body]);
    }),
    { numRuns: 300 },
  );
}, 120_000);
