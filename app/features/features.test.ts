import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { freshDatabase } from "../../test/support/database.ts";
import { startBot, type TestBot } from "../testing/bot.ts";
import { startFakeApi, type FakeApi } from "../testing/fake-api.ts";
import {
  membership,
  message,
  person,
  photo,
  press,
  groupMessage,
  type TestPerson,
} from "../testing/updates.ts";

let api: FakeApi;
let bot: TestBot;

beforeAll(async () => {
  const servers = inject("servers");
  api = await startFakeApi();
  bot = await startBot({ servers, database: await freshDatabase(servers.postgres), apiUrl: api.url });
});

afterAll(async () => {
  await bot.close();
  await api.close();
});

/** The text and the buttons (label -> data) that the person sees after saying or pressing something. */
async function after(who: TestPerson, action: { say: string } | { press: string }) {
  const before = api.calls.length;
  const update = "say" in action ? message(who, action.say) : press(who, action.press);
  expect((await bot.deliver(update)).status).toBe(200);
  const calls = api.calls.slice(before);
  const shown = calls.filter(({ method }) => method === "sendMessage" || method === "editMessageText");
  expect(calls.filter(({ method }) => method === "answerCallbackQuery")).toHaveLength(
    "press" in action ? 1 : 0,
  );
  const last = shown.at(-1)?.payload ?? {};
  const text = typeof last["text"] === "string" ? last["text"] : "";
  const markup = JSON.stringify(last["reply_markup"] ?? {});
  const buttons = [...markup.matchAll(/"text":"([^"]*)","callback_data":"([^"]*)"/g)].map(
    ([, text = "", data = ""]) => ({ text, data }),
  );
  for (const { data } of buttons) expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
  return { text, method: shown.at(-1)?.method, buttons, calls };
}

async function row(who: TestPerson) {
  const [found] = await bot.sql(`SELECT * FROM users WHERE id = ${who.id}`);
  return found;
}

async function onboarded(who: TestPerson, answers: { name: string; type: string; skills: string }) {
  await after(who, { say: "/start" });
  await after(who, { press: `answer:type:${answers.type}` });
  await after(who, { say: answers.name });
  await after(who, { say: `I am ${answers.name}` });
  await after(who, { say: answers.skills });
  await after(who, { say: "Riga" });
  return after(who, { press: "answer:searching:yes" });
}

const words = {
  en: {
    welcome: "Welcome to Launch Lab",
    type: "Who are you here?",
    name: "What should people call you?",
    about: "Tell a little about yourself",
    skills: "What are your skills?",
    city: "Which city are you in?",
    searching: "Are you looking for people",
    done: "nice to meet you",
    back: "Good to see you again",
    team: "Team",
    help: "helps you find people",
    unknown: "I am not sure what to do",
    saved: "Saved",
    nobody: "Nobody here yet",
  },
  ru: {
    welcome: "Добро пожаловать в Launch Lab",
    type: "Кто вы здесь?",
    name: "Как к вам обращаться?",
    about: "Расскажите немного о себе",
    skills: "Какие у вас навыки?",
    city: "В каком вы городе?",
    searching: "Вы сейчас ищете людей",
    done: "приятно познакомиться",
    back: "Рады видеть вас снова",
    team: "Команда",
    help: "помогает найти людей",
    unknown: "Не знаю, что с этим делать",
    saved: "Сохранено",
    nobody: "пока никого",
  },
} as const;

describe.each(["en", "ru"] as const)("in %s", (language) => {
  const text = words[language];

  test("a new person is asked one question after the other, and the profile is kept", async () => {
    const ada = person(language, "Ada");
    const welcome = await after(ada, { say: "/start" });
    expect(welcome.text).toContain(text.welcome);
    expect(welcome.text).toContain(text.type);
    expect(welcome.buttons.map(({ data }) => data)).toEqual([
      "answer:type:participant",
      "answer:type:cofounder",
      "answer:type:team",
    ]);
    const name = await after(ada, { press: "answer:type:team" });
    expect(name).toMatchObject({ method: "editMessageText" });
    expect(name.text).toContain(text.name);
    expect(name.buttons[0]).toMatchObject({ data: "answer:name:keep" });
    expect(name.buttons[0]?.text).toContain("Ada");
    expect((await after(ada, { say: "Team <Tiger> & Co" })).text).toContain(text.about);
    expect((await after(ada, { say: "We build <b>rockets</b>" })).text).toContain(text.skills);
    expect((await after(ada, { say: "Rust, rust ,  Embedded   C" })).text).toContain(text.city);
    expect((await after(ada, { say: " New   York" })).text).toContain(text.searching);
    const done = await after(ada, { press: "answer:searching:yes" });
    expect(done.text).toContain(text.done);
    expect(done.text).toContain("Team &lt;Tiger&gt; &amp; Co");
    expect(done.text).toContain("We build &lt;b&gt;rockets&lt;/b&gt;");
    expect(done.text).toContain(text.team);
    expect(await row(ada)).toMatchObject({
      user_type: "team",
      name: "Team <Tiger> & Co",
      about: "We build <b>rockets</b>",
      skills: ["rust", "embedded c"],
      city: "New York",
      is_searching: true,
      language,
      dialogue: null,
    });
    const back = await after(ada, { say: "/start" });
    expect(back.text).toContain(text.back);
    expect(back.text).toContain("Team &lt;Tiger&gt;");
  });

  test("every question but the first can be skipped, and the name of Telegram can be kept", async () => {
    const ada = person(language, "Ada");
    await after(ada, { say: "/start" });
    await after(ada, { press: "answer:type:cofounder" });
    expect((await after(ada, { press: "answer:name:keep" })).text).toContain(text.about);
    expect((await after(ada, { press: "answer:about:none" })).text).toContain(text.skills);
    expect((await after(ada, { press: "answer:skills:none" })).text).toContain(text.city);
    expect((await after(ada, { press: "answer:city:none" })).text).toContain(text.searching);
    expect((await after(ada, { press: "answer:searching:no" })).text).toContain(text.done);
    expect(await row(ada)).toMatchObject({ name: "Ada", about: null, skills: [], is_searching: false });
  });

  test("every field of the profile can be changed", async () => {
    const ada = person(language);
    await onboarded(ada, { name: "Ada", type: "team", skills: "rust" });
    const shown = await after(ada, { say: "/profile" });
    expect(shown.buttons.map(({ data }) => data)).toEqual([
      "edit:name",
      "edit:type",
      "edit:about",
      "edit:skills",
      "edit:city",
      "edit:searching",
      "search:a:0:",
    ]);
    expect((await after(ada, { press: "edit:name" })).text).toContain(text.name);
    expect((await after(ada, { say: "Countess" })).text).toContain(text.saved);
    await after(ada, { press: "edit:type" });
    await after(ada, { press: "answer:type:participant" });
    await after(ada, { press: "edit:about" });
    await after(ada, { press: "answer:about:none" });
    await after(ada, { press: "edit:skills" });
    await after(ada, { say: "go\nzig" });
    await after(ada, { press: "edit:city" });
    await after(ada, { press: "answer:city:none" });
    const hidden = await after(ada, { press: "edit:searching" });
    expect(hidden.method).toBe("editMessageText");
    expect(await row(ada)).toMatchObject({
      name: "Countess",
      user_type: "participant",
      about: null,
      skills: ["go", "zig"],
      city: null,
      is_searching: false,
      dialogue: null,
    });
  });

  test("help, a change of mind, and what nobody understands all get an answer", async () => {
    const ada = person(language);
    expect((await after(ada, { say: "/help" })).text).toContain(text.help);
    await onboarded(ada, { name: "Ada", type: "team", skills: "rust" });
    expect((await after(ada, { say: "what now?" })).text).toContain(text.unknown);
    expect((await after(ada, { press: "help" })).text).toContain(text.help);
    await after(ada, { press: "edit:name" });
    await after(ada, { say: "/cancel" });
    expect((await after(ada, { say: "Not A Name" })).text).toContain(text.unknown);
    expect(await row(ada)).toMatchObject({ name: "Ada", dialogue: null });
  });
});

test("what does not fit is explained, and the question stays open", async () => {
  const ada = person();
  await after(ada, { say: "/start" });
  expect((await after(ada, { say: "team" })).text).toContain("choose one of the buttons");
  await after(ada, { press: "answer:type:team" });
  expect((await after(ada, { say: "x".repeat(65) })).text).toContain("65 characters, and 64 fit");
  expect((await after(ada, { say: " 🙂 " })).text).toContain("at least one letter");
  await after(ada, { say: "𝒜".repeat(64) });
  expect((await after(ada, { say: "y".repeat(501) })).text).toContain("501 characters, and 500 fit");
  await after(ada, { say: `z${"\0".repeat(5)}` });
  expect((await after(ada, { say: Array.from({ length: 11 }, (_, i) => `s${i}`).join() })).text).toContain(
    "11 skills, and 10 fit",
  );
  expect((await after(ada, { say: "k".repeat(33) })).text).toContain("may have 32 characters");
  expect((await after(ada, { say: ", ;" })).text).toContain("did not see any skill");
  await after(ada, { press: "answer:skills:none" });
  expect((await after(ada, { say: "42" })).text).toContain("did not see a city");
  expect((await after(ada, { say: "c".repeat(65) })).text).toContain("65 characters, and 64 fit");
  expect((await after(ada, { say: "/profil" })).text).toContain("do not know this command");
  expect(await row(ada)).toMatchObject({ dialogue: { flow: "onboarding", field: "city" }, about: "z" });
});

test("a photo while a text is asked for gets a hint", async () => {
  const ada = person();
  await after(ada, { say: "/start" });
  await bot.deliver(photo(ada));
  expect(api.texts(ada.id).at(-1)).toContain("answer with a text");
});

test("a button of an earlier question changes nothing", async () => {
  const ada = person();
  await onboarded(ada, { name: "Ada", type: "team", skills: "rust" });
  const { calls } = await after(ada, { press: "answer:type:participant" });
  expect(calls[0]?.payload["text"]).toContain("This button is from earlier");
  expect(await row(ada)).toMatchObject({ user_type: "team" });
});

test("/start in the middle of the onboarding goes on where it stopped", async () => {
  const ada = person();
  await after(ada, { say: "/start" });
  await after(ada, { press: "answer:type:team" });
  expect((await after(ada, { say: "/start" })).text).toContain("What should people call you?");
});

test("somebody whom the bot has not met is asked to start", async () => {
  for (const say of ["/profile", "/search", "hello"]) {
    expect((await after(person(), { say })).text).toContain("We have not met yet");
  }
});

test("the search filters, turns pages in place, and shows neither oneself nor who is hidden", async () => {
  await bot.sql("DELETE FROM users");
  const me = person("en", "Me");
  await onboarded(me, { name: "Myself", type: "team", skills: "дизайн интерфейсов и систем" });
  expect((await after(me, { say: "/search" })).text).toContain("Nobody here yet");
  await bot.sql(
    `INSERT INTO users (id, user_type, name, skills, is_searching, last_active)
     SELECT n, CASE WHEN n % 2 = 0 THEN 'participant' ELSE 'cofounder' END, 'Person ' || n,
       CASE WHEN n <= 3 THEN ARRAY['rust', 'дизайн интерфейсов и систем'] ELSE ARRAY['go'] END,
       n <> 12, now() - n * interval '1 minute' FROM generate_series(1, 13) AS n`,
    "UPDATE users SET deleted_at = now() WHERE id = 13",
    "UPDATE users SET city = 'Paris' WHERE id = 1",
  );
  await bot.cache.drop("search");
  const first = await after(me, { say: "/search" });
  expect(first.text).toContain("Person 1<");
  expect(first.text).toContain("Person 5<");
  expect(first.text).not.toContain("Person 6<");
  expect(first.text).not.toContain("Myself");
  expect(first.text).toContain("tg://user?id=1");
  expect(first.text).toContain("Co-founder · Paris");
  const third = await after(me, { press: "search:a:2:" });
  expect(third.method).toBe("editMessageText");
  expect(third.text).toContain("Person 11<");
  expect(third.text).not.toMatch(/Person 1[023]</);
  expect(third.buttons.map(({ text }) => text)).not.toContain("Next ▶️");
  const even = await after(me, {
    press: first.buttons.find(({ text }) => text.includes("Participants"))?.data ?? "",
  });
  expect(even.text).toContain("Person 2<");
  expect(even.text).not.toContain("Person 1<");
  const skills = await after(me, { press: "skills:a:0:" });
  const design = skills.buttons.find(({ text }) => text.includes("дизайн"));
  const found = await after(me, { press: design?.data ?? "" });
  expect(found.text).toContain("Person 3<");
  expect(found.text).not.toContain("Person 4<");
  expect(found.text).toContain("дизайн интерфейсов и систем");
  // Everybody of this page left meanwhile: the first page is shown.
  expect((await after(me, { press: "search:c:150:" })).text).toContain("Person 1<");
});

test("groups and unknown kinds of update are acknowledged without an answer", async () => {
  const before = api.calls.length;
  expect((await bot.deliver(groupMessage(person(), "/start"))).status).toBe(200);
  expect((await bot.deliver({ update_id: 5, poll: { id: "1" } })).status).toBe(200);
  expect(api.calls).toHaveLength(before);
  expect(await bot.sql("SELECT 1 FROM receipts WHERE update_id = 5")).toEqual([]);
});

test("who blocks the bot is remembered, until the person comes back", async () => {
  const ada = person();
  await onboarded(ada, { name: "Ada", type: "team", skills: "rust" });
  await bot.deliver(membership(ada, "kicked"));
  expect((await row(ada))?.["blocked_at"]).toBeInstanceOf(Date);
  await after(ada, { say: "/help" });
  expect((await row(ada))?.["blocked_at"]).toBeNull();
});
