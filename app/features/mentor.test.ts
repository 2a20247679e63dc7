import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { freshDatabase } from "../../test/support/database.ts";
import { until } from "../../test/support/wait.ts";
import { mentorAnswer } from "../jobs/mentor.ts";
import type { Answer, ChatMessage } from "../mentor/client.ts";
import { MentorAway, type Mentor } from "../mentor/mentor.ts";
import { limitsOf } from "../plans.ts";
import { startBot, type TestBot } from "../testing/bot.ts";
import { startFakeApi, type FakeApi } from "../testing/fake-api.ts";
import { message, person, photo, press, type TestPerson } from "../testing/updates.ts";
import { startWorker } from "../testing/worker.ts";

let api: FakeApi;
let bot: TestBot;
const stops: (() => Promise<void>)[] = [];
const perDay = limitsOf("free").questionsPerDay;

beforeAll(async () => {
  const servers = inject("servers");
  api = await startFakeApi();
  bot = await startBot({
    servers,
    database: await freshDatabase(servers.postgres),
    apiUrl: api.url,
    requests: 1000,
  });
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await bot.sql("UPDATE jobs SET ended_at = now(), outcome = 'cancelled' WHERE ended_at IS NULL");
});
afterAll(async () => {
  await bot.close();
  await api.close();
});

type Ask = (messages: readonly ChatMessage[], signal: AbortSignal) => Promise<Answer>;

const answer = (text: string): Answer => ({ text, tokens: { prompt: 30, answer: 12 } });
const echo: Ask = (messages) => Promise.resolve(answer(`Answer to: ${messages.at(-1)?.content ?? ""}`));

/** A worker whose mentor answers like this; "none": it has no mentor. */
function work(ask: Ask | "none" = echo): void {
  const mentor: Mentor | undefined =
    ask === "none"
      ? undefined
      : {
          ask,
          status: () => ({ state: "closed", failures_in_a_row: 0, openings: 0 }),
          updateMetrics: () => undefined,
        };
  stops.push(startWorker({ ...bot, ...(mentor && { mentor }) }, mentorAnswer));
}

async function known(language = "en"): Promise<TestPerson> {
  const who = person(language);
  await bot.deliver(message(who, "/start"));
  await bot.sql(`UPDATE users SET dialogue = NULL WHERE id = ${who.id}`);
  return who;
}

/** What the person is shown at once. */
async function after(who: TestPerson, action: { say: string } | { press: string }): Promise<string[]> {
  const before = api.texts(who.id).length;
  const update = "say" in action ? message(who, action.say) : press(who, action.press);
  expect((await bot.deliver(update)).status).toBe(200);
  return api.texts(who.id).slice(before);
}

const answered = (who: TestPerson, text: string): Promise<unknown> =>
  until(`the answer is there: ${text}`, () => api.texts(who.id).some((one) => one.includes(text)));

async function asks(who: TestPerson, question: string): Promise<void> {
  await after(who, { say: question });
  await answered(who, `Answer to: ${question.replace("/ask ", "")}`);
}

/** The buttons below the last message to the person. */
const buttons = (who: TestPerson): string =>
  JSON.stringify(
    api.calls.findLast(({ method, payload }) => method === "sendMessage" && payload["chat_id"] === who.id)
      ?.payload["reply_markup"],
  );

const mode = async (who: TestPerson): Promise<boolean> => {
  const [row] = await bot.sql(`SELECT dialogue->>'flow' AS flow FROM users WHERE id = ${who.id}`);
  return row?.["flow"] === "mentor";
};
const used = async (who: TestPerson): Promise<unknown> => {
  const [row] = await bot.sql(`SELECT sum(questions)::int AS n FROM mentor_usage WHERE user_id = ${who.id}`);
  return row?.["n"] ?? 0;
};
const history = (who: TestPerson) =>
  bot.sql(
    `SELECT question, answer, tokens FROM mentor_history WHERE user_id = ${who.id} ORDER BY created_at`,
  );

/** A mentor that answers when it is told to. */
function slowly() {
  const waiting: (() => void)[] = [];
  const ask: Ask = async (messages, signal) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    return echo(messages, signal);
  };
  return { ask, waiting };
}

test("a question behind /ask is answered, with signs of writing meanwhile, and kept with its tokens", async () => {
  work();
  const ada = await known();
  expect(await after(ada, { say: "/ask  Who pays first? " })).toEqual([]);
  await answered(ada, "Answer to: Who pays first?");
  const own = api.calls.filter(({ payload }) => payload["chat_id"] === ada.id).map(({ method }) => method);
  expect(own.slice(-2)).toEqual(["sendChatAction", "sendMessage"]);
  expect(await history(ada)).toEqual([
    { question: "Who pays first?", answer: "Answer to: Who pays first?", tokens: 42 },
  ]);
  expect(await bot.sql(`SELECT questions, tokens FROM mentor_usage WHERE user_id = ${ada.id}`)).toEqual([
    { questions: 1, tokens: "42" },
  ]);
  expect(await mode(ada)).toBe(false);
  expect(buttons(ada)).toContain("mentor:ask");
});

test("after /ask alone every text is a question, until it is ended by its button", async () => {
  work();
  const ada = await known();
  const [intro] = await after(ada, { say: "/ask" });
  expect(intro).toContain(`You have ${perDay} questions left today`);
  await asks(ada, "First?");
  expect(buttons(ada)).toContain("mentor:stop");
  await asks(ada, "Second?");
  await bot.deliver(photo(ada));
  expect(api.texts(ada.id).at(-1)).toContain("answer with a text");
  expect((await after(ada, { press: "mentor:stop" }))[0]).toContain("no question any more");
  expect(await after(ada, { say: "Third?" })).toEqual([expect.stringContaining("not sure what to do")]);
  expect((await after(ada, { press: "mentor:ask" }))[0]).toContain(`${perDay - 2} questions left`);
  await asks(ada, "Fourth?");
});

test("/cancel ends it and says so, any other command ends it and does its own", async () => {
  const ada = await known();
  await after(ada, { say: "/ask" });
  expect((await after(ada, { say: "/cancel" }))[0]).toContain("Okay, stopped");
  await after(ada, { say: "/ask" });
  expect((await after(ada, { say: "/profile" }))[0]).toContain("Tap a button to change");
  expect(await mode(ada)).toBe(false);
});

test("the mentor knows what was said before, in the language of the person", async () => {
  const heard: (readonly ChatMessage[])[] = [];
  work((messages, signal) => {
    heard.push(messages);
    return echo(messages, signal);
  });
  const ada = await known("ru");
  await asks(ada, "/ask Раз?");
  await asks(ada, "/ask Два?");
  expect(heard[1]?.[0]?.content).toContain("ментор стартапов");
  expect(heard[1]?.slice(1)).toEqual([
    { role: "user", content: "Раз?" },
    { role: "assistant", content: "Answer to: Раз?" },
    { role: "user", content: "Два?" },
  ]);
});

test("a day's questions are limited, premium has more, and a new day has new ones", async () => {
  work();
  const ada = await known();
  await asks(ada, "/ask first");
  await bot.sql(`UPDATE mentor_usage SET questions = ${perDay - 1} WHERE user_id = ${ada.id}`);
  await asks(ada, "/ask last");
  const [over] = await after(ada, { say: "/ask one more" });
  expect(over).toMatch(new RegExp(`last of your ${perDay} questions[^]*in \\d+ h \\d+ min[^]*/premium`));
  expect(buttons(ada)).toContain('"premium"');
  expect((await after(ada, { say: "/ask" }))[0]).toContain("You have 0 questions left");
  await bot.sql(`UPDATE users SET premium_until = now() + interval '1 day' WHERE id = ${ada.id}`);
  await asks(ada, "/ask with premium");
  await bot.sql(`UPDATE mentor_usage SET questions = 100 WHERE user_id = ${ada.id}`);
  const [most] = await after(ada, { say: "/ask too much" });
  expect(most).toContain("last of your 100 questions");
  expect(most).not.toContain("/premium");
  // Yesterday in UTC, be it a minute ago.
  await bot.sql(`UPDATE mentor_usage SET day = day - 1 WHERE user_id = ${ada.id}`);
  await asks(ada, "/ask on a new day");
});

test("/forget deletes what was said and not what was used, and what is being answered is not kept either", async () => {
  const { ask, waiting } = slowly();
  work(ask);
  const [ada, grace] = [await known(), await known()];
  for (const who of [ada, grace]) {
    await after(who, { say: "/ask Secret?" });
    await until("the mentor is asked", () => waiting.length === 1);
    waiting.pop()?.();
    await answered(who, "Answer to: Secret?");
  }
  await after(ada, { say: "/ask Pending?" });
  await until("the mentor is asked", () => waiting.length === 1);
  expect((await after(ada, { say: "/forget" }))[0]).toContain("forgotten 1 question and its answer");
  waiting.pop()?.();
  await until("the job is over", async () => {
    const rows = await bot.sql(`SELECT FROM jobs WHERE user_id = ${ada.id} AND ended_at IS NULL`);
    return rows.length === 0;
  });
  expect(await history(ada)).toEqual([]);
  expect(await history(grace)).toHaveLength(1);
  expect(await used(ada)).toBe(2);
  expect(await bot.sql(`SELECT FROM mentor_questions WHERE user_id = ${ada.id}`)).toEqual([]);
  expect((await after(ada, { say: "/forget" }))[0]).toContain("nothing to forget");
  const text = await bot.sql("SELECT coalesce(string_agg(jobs::text, ''), '') AS all FROM jobs");
  expect(String(text[0]?.["all"])).not.toMatch(/Secret|Pending/);
});

test("one question at a time: the next has to wait, is not counted, and the first can be dropped", async () => {
  const { ask, waiting } = slowly();
  work(ask);
  const ada = await known();
  await after(ada, { say: "/ask First?" });
  await until("the mentor is asked", () => waiting.length === 1);
  expect((await after(ada, { say: "/ask Second?" }))[0]).toContain("still thinking");
  expect(buttons(ada)).toContain("mentor:drop");
  expect(await used(ada)).toBe(1);
  expect((await after(ada, { press: "mentor:drop" }))[0]).toContain("let that question go");
  await after(ada, { say: "/ask Third?" });
  await until("the mentor is asked again", () => waiting.length === 2);
  for (const release of waiting) release();
  await answered(ada, "Answer to: Third?");
  expect((await history(ada)).map(({ question }) => question)).toEqual(["Third?"]);
  expect(await used(ada)).toBe(2);
  // The button is from earlier now.
  await after(ada, { press: "mentor:drop" });
  expect(String(api.calls.at(-1)?.payload["text"])).toContain("This button is from earlier");
});

test("two questions that arrive at once become one", async () => {
  const ada = await known();
  await Promise.all(["One?", "Two?"].map((text) => bot.deliver(message(ada, `/ask ${text}`))));
  expect(await bot.sql(`SELECT kind FROM jobs WHERE user_id = ${ada.id}`)).toEqual([{ kind: "mentor" }]);
  expect(await used(ada)).toBe(1);
});

test("while the mentor is away the person is told at once, and the question does not count", async () => {
  let away = true;
  work((messages, signal) => (away ? Promise.reject(new MentorAway()) : echo(messages, signal)));
  const ada = await known();
  await after(ada, { say: "/ask Hello?" });
  await answered(ada, "cannot answer right now");
  expect(await used(ada)).toBe(0);
  away = false;
  await asks(ada, "/ask Again?");
  expect(await used(ada)).toBe(1);
});

test("where no mentor is set up, the bot says so, and nothing is counted", async () => {
  work("none");
  const ada = await known("ru");
  await after(ada, { say: "/ask" });
  await after(ada, { say: "Кто там?" });
  await answered(ada, "нет ментора");
  expect(await used(ada)).toBe(0);
});

test("a long answer comes in several messages, in order, as it is, with the button below the last", async () => {
  const text = Array.from({ length: 300 }, (_, n) => `<b>Sentence ${n}</b> & more of it, *as it is*.`).join(
    "\n",
  );
  work(() => Promise.resolve(answer(text)));
  const ada = await known();
  const before = api.texts(ada.id).length;
  await after(ada, { say: "/ask Everything?" });
  await answered(ada, "Sentence 299");
  expect(api.texts(ada.id).slice(before).join("\n")).toBe(text);
  const own = api.calls.filter(({ payload }) => String(payload["text"]).includes("</b> & more"));
  expect(own.map(({ payload }) => "reply_markup" in payload)).toEqual([false, false, false, true]);
  for (const { payload } of own) {
    expect(String(payload["text"]).length).toBeLessThanOrEqual(4096);
    expect(payload).not.toHaveProperty("parse_mode");
  }
});

test("the question of a worker that died is answered by another one, once", async () => {
  const ada = await known();
  await after(ada, { say: "/ask Anybody there?" });
  await bot.sql(
    `UPDATE jobs SET lease = gen_random_uuid(), leased_until = now() - interval '1 second', attempts = 1
     WHERE user_id = ${ada.id}`,
  );
  work();
  work();
  await answered(ada, "Answer to: Anybody there?");
  expect(await history(ada)).toHaveLength(1);
  expect(await used(ada)).toBe(1);
});

test("when the history has no partition for today, the question is answered all the same", async () => {
  const months = await bot.sql(
    "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'mentor_history'::regclass",
  );
  for (const { name } of months) await bot.sql(`DROP TABLE ${String(name)}`);
  work();
  const ada = await known();
  await asks(ada, "/ask Still there?");
  expect(await history(ada)).toHaveLength(1);
});

test("at most 16 questions of all people are with the mentor at once", async () => {
  const { ask, waiting } = slowly();
  work(ask);
  const people = await Promise.all(Array.from({ length: 18 }, () => known()));
  await Promise.all(people.map((who) => after(who, { say: "/ask Me too?" })));
  await until("16 are asked", () => waiting.length === 16);
  waiting.shift()?.();
  waiting.shift()?.();
  await until("the other two are", () => waiting.length === 16);
  for (const release of waiting) release();
  await Promise.all(people.map((who) => answered(who, "Answer to: Me too?")));
});

test("who has left meanwhile hears nothing, and nothing is kept", async () => {
  const { ask, waiting } = slowly();
  work(ask);
  const ada = await known();
  await after(ada, { say: "/ask Bye?" });
  await until("the mentor is asked", () => waiting.length === 1);
  await after(ada, { press: "delete:yes" });
  const before = api.texts(ada.id).length;
  waiting.pop()?.();
  await until("the job is over", async () => {
    const rows = await bot.sql(`SELECT FROM jobs WHERE user_id = ${ada.id} AND ended_at IS NULL`);
    return rows.length === 0;
  });
  expect(api.texts(ada.id)).toHaveLength(before);
  expect(await history(ada)).toEqual([]);
});

test("a job that an operator has cancelled keeps nobody from asking again", async () => {
  const ada = await known();
  await after(ada, { say: "/ask Lost?" });
  await bot.sql(`UPDATE jobs SET ended_at = now(), outcome = 'cancelled' WHERE user_id = ${ada.id}`);
  work();
  await asks(ada, "/ask Found?");
  expect((await history(ada)).map(({ question }) => question)).toEqual(["Found?"]);
});
