import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { freshDatabase } from "../../test/support/database.ts";
import { policyNames } from "../cache/policies.ts";
import { startBot, type TestBot } from "../testing/bot.ts";
import { startFakeApi, type FakeApi } from "../testing/fake-api.ts";
import { membership, message, person, press, type TestPerson } from "../testing/updates.ts";
import { warmUp } from "./search-cache.ts";

let api: FakeApi;
let bot: TestBot;

beforeAll(async () => {
  const servers = inject("servers");
  api = await startFakeApi();
  bot = await startBot({ servers, database: await freshDatabase(servers.postgres), apiUrl: api.url });
});
beforeEach(() => bot.sql("DELETE FROM users"));
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
  const shown = calls.findLast(({ method }) => method !== "answerCallbackQuery")?.payload ?? {};
  const markup = JSON.stringify(shown["reply_markup"] ?? {});
  const buttons = new Map(
    [...markup.matchAll(/"text":"((?:[^"\\]|\\.)*)","callback_data":"([^"]*)"/g)].map(
      ([, label = "", data = ""]) => [label, data],
    ),
  );
  for (const data of buttons.values()) expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
  const text = typeof shown["text"] === "string" ? shown["text"] : "";
  return {
    text,
    alert: calls.find(({ method }) => method === "answerCallbackQuery")?.payload["text"],
    names: [...text.matchAll(/<b>(\w+)<\/b> ·/g)].map(([, name]) => name),
    /** What the button is pressed for whose label has this text. */
    button: (label: string) => {
      const found = [...buttons].find(([own]) => own.includes(label));
      expect(found, `a button "${label}" among ${[...buttons.keys()].join(", ")}`).toBeDefined();
      return { press: found?.[1] ?? "" };
    },
  };
}

async function looking(): Promise<TestPerson> {
  const me = person();
  await after(me, { say: "/start" });
  await bot.sql(`UPDATE users SET dialogue = NULL WHERE id = ${me.id}`);
  return me;
}

/** People who are looking, who was here last first. */
async function crowd(people: readonly { name: string; about?: string; skills?: string[]; city?: string }[]) {
  for (const [index, { name, about = "", skills = [], city }] of people.entries()) {
    const values = [name, about, `{${skills.join(",")}}`].map((text) => `'${text.replaceAll("'", "''")}'`);
    await bot.sql(
      `INSERT INTO users (id, name, about, skills, city, user_type, is_searching, last_active)
       VALUES (${index + 1}, ${values.join(", ")}, ${city === undefined ? "NULL" : `'${city}'`}, 'participant', true,
         now() - ${index} * interval '1 minute')`,
    );
  }
  for (const policy of policyNames) await bot.cache.drop(policy);
}

test("words are found wherever they stand, in any form, as beginnings, and all of them together", async () => {
  const me = await looking();
  await crowd([
    { name: "Ann", about: "Programming in Python", city: "Berlin" },
    { name: "Bob", about: "Питонист, разрабатываю игры", city: "Берлин" },
    { name: "Cid", skills: ["python", "c++"], city: "Paris" },
    { name: "Dan", about: "Support of IT, node.js" },
    { name: "Eve", about: "It's <b>me</b>, o'Reilly" },
  ]);
  const found = async (words: string) => (await after(me, { say: `/search ${words}` })).names;
  expect(await found("python")).toEqual(["Ann", "Cid"]);
  expect(await found("PYTHON berlin")).toEqual(["Ann"]);
  expect(await found("program")).toEqual(["Ann"]);
  expect(await found("programs")).toEqual(["Ann"]);
  expect(await found("ИГРА")).toEqual(["Bob"]);
  expect(await found("берл")).toEqual(["Bob"]);
  expect(await found("it")).toEqual(["Dan", "Eve"]);
  expect(await found("node")).toEqual(["Dan"]);
  expect(await found("python -berlin")).toEqual(["Cid"]);
  expect(await found("paris or игры")).toEqual(["Bob", "Cid"]);
  expect(await found("ann")).toEqual(["Ann"]);
});

test("whatever is written, the search answers and shows it as it is", async () => {
  const me = await looking();
  await crowd([{ name: "Eve", about: "<b>o'Reilly</b> http://x.org/a'b" }]);
  for (const words of ["'", "a' | !b:* & (", "<b>&", '"', "\\' OR 1=1 --", "x.org/a'b", "1\u0000a\ud800"]) {
    const { text } = await after(me, { say: `/search ${words}` });
    expect(text).toContain("People who are looking");
    expect(text).not.toContain("<b>&");
  }
  expect((await after(me, { say: "/search x.org/a'b" })).names).toEqual(["Eve"]);
  expect((await after(me, { say: `/search ${"ü".repeat(500)}` })).text).toContain("Nobody");
});

test("words can be asked for, join the other filters and pages, and can be left out again", async () => {
  const me = await looking();
  await crowd([
    ...Array.from({ length: 7 }, (_, i) => ({ name: `Ann${i}`, about: "I like tea", city: "Riga" })),
    { name: "Zoe", about: "tea", city: "Paris" },
  ]);
  const riga = await after(me, (await after(me, { say: "/search" })).button("any city"));
  const inRiga = await after(me, riga.button("Riga"));
  const question = await after(me, inRiga.button("Search by words"));
  expect(question.text).toContain("What are you looking for?");
  expect((await after(me, { say: "?!" })).text).toContain("did not see any words");
  const first = await after(me, { say: "tea" });
  expect(first.text).toContain("Riga · 💭 “tea”");
  const second = await after(me, first.button("Next"));
  expect([...first.names, ...second.names]).toEqual([0, 1, 2, 3, 4, 5, 6].map((i) => `Ann${i}`));
  const without = await after(me, (await after(me, second.button("💭 “tea”"))).button("without words"));
  expect(without.text).not.toContain("tea”");
  // The question is closed by then.
  expect((await after(me, { say: "coffee" })).text).toContain("I am not sure");
});

test("a city is found however it is written, and one without people offers others", async () => {
  const me = await looking();
  await crowd([
    { name: "Ann", city: "Санкт-Петербург" },
    { name: "Bob", city: "санкт-петербург" },
    { name: "Cid", city: "Санкт-Петербург" },
    { name: "Dan", city: "Омск" },
  ]);
  const cities = await after(me, (await after(me, { say: "/search" })).button("any city"));
  expect((await after(me, cities.button("Санкт-Петербург"))).names).toEqual(["Ann", "Bob", "Cid"]);
  await after(me, cities.button("Another city"));
  const nobody = await after(me, { say: "Атлантида" });
  expect(nobody.text).toContain("Nobody from there");
  nobody.button("Омск");
  const typed = await after(me, { say: " ОМСК " });
  expect(typed.names).toEqual(["Dan"]);
  expect(typed.text).toContain("Омск");
});

test("a button of earlier words says so, instead of showing something else", async () => {
  const me = await looking();
  await crowd(Array.from({ length: 6 }, (_, i) => ({ name: `Ann${i}`, about: "tea" })));
  const tea = await after(me, { say: "/search tea" });
  await after(me, { say: "/search coffee" });
  expect(await after(me, tea.button("Next"))).toMatchObject({
    text: "",
    alert: expect.stringContaining("from earlier") as unknown,
  });
});

/** How often the search itself was done, not its cached result given. */
const searches = (): Promise<number> =>
  bot.metric("bot_cache_lookups_total", { policy: "search", result: "miss" }).then(Number);

test("a search is done once, and who hides, leaves or blocks the bot meanwhile is not shown from that moment on", async () => {
  const [me, ann, bob, cid] = [await looking(), await looking(), await looking(), await looking()];
  await bot.sql("UPDATE users SET is_searching = true, user_type = 'team'");
  for (const [who, name] of [
    [ann, "Ann"],
    [bob, "Bob"],
    [cid, "Cid"],
    [me, "Me"],
  ] as const) {
    await bot.sql(`UPDATE users SET name = '${name}' WHERE id = ${who.id}`);
  }
  await crowd([{ name: "Zoe" }]);
  const names = async () => (await after(me, { say: "/search" })).names.sort();
  expect(await names()).toEqual(["Ann", "Bob", "Cid", "Zoe"]);
  const before = await searches();
  await after(ann, { press: "edit:searching" });
  expect(await names()).toEqual(["Bob", "Cid", "Zoe"]);
  await after(bob, { press: "delete:yes" });
  await bot.deliver(membership(cid, "kicked"));
  expect(await names()).toEqual(["Zoe"]);
  // Others see the same result, without themselves.
  expect((await after(ann, { say: "/search" })).names.sort()).toEqual(["Me", "Zoe"]);
  expect(await searches()).toBe(before);
});

test("who begins to look, changes their profile or comes back is found at once", async () => {
  const [me, ann] = [await looking(), await looking()];
  await bot.sql(`UPDATE users SET name = 'Ann', user_type = 'team' WHERE id = ${ann.id}`);
  const found = async (words: string) => (await after(me, { say: `/search ${words}` })).names;
  expect(await found("")).toEqual([]);
  await after(ann, { press: "edit:searching" });
  expect(await found("")).toEqual(["Ann"]);
  expect(await found("rockets")).toEqual([]);
  await after(ann, { press: "edit:about" });
  await after(ann, { say: "I build rockets" });
  expect(await found("rockets")).toEqual(["Ann"]);
  await after(ann, { press: "delete:yes" });
  await bot.cache.drop("search");
  expect(await found("rockets")).toEqual([]);
  await after(ann, { say: "/start" });
  expect(await found("rockets")).toEqual(["Ann"]);
  await bot.deliver(membership(ann, "kicked"));
  await bot.cache.drop("search");
  expect(await found("rockets")).toEqual([]);
  await bot.deliver(membership(ann, "member"));
  expect(await found("rockets")).toEqual(["Ann"]);
});

test("what most people ask for first is there after the start", async () => {
  const me = await looking();
  await crowd([{ name: "Ann", city: "Riga", skills: ["rust"] }]);
  await warmUp(bot.cache, bot.database.query);
  const before = await bot.metric("bot_cache_lookups_total", { result: "miss" });
  const first = await after(me, { say: "/search" });
  await after(me, first.button("Teams"));
  (await after(me, first.button("any skill"))).button("rust");
  (await after(me, first.button("any city"))).button("Riga");
  expect(await bot.metric("bot_cache_lookups_total", { result: "miss" })).toBe(before);
});
