import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { freshDatabase } from "../../test/support/database.ts";
import { startBot, type TestBot } from "../testing/bot.ts";
import { startFakeApi, type FakeApi } from "../testing/fake-api.ts";
import { message, person, press, type TestPerson } from "../testing/updates.ts";

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

/** What the person sees after saying or pressing something. */
async function after(who: TestPerson, action: { say: string } | { press: string }): Promise<string> {
  const before = api.calls.length;
  const update = "say" in action ? message(who, action.say) : press(who, action.press);
  expect((await bot.deliver(update)).status).toBe(200);
  const shown = api.calls
    .slice(before)
    .filter(({ method }) => method === "sendMessage" || method === "editMessageText");
  return String(shown.at(-1)?.payload["text"]);
}

async function row(who: TestPerson) {
  const [found] = await bot.sql(`SELECT * FROM users WHERE id = ${who.id}`);
  return found;
}

/** Somebody with a profile that is found. */
async function known(language = "en"): Promise<TestPerson> {
  const who = person(language, "Ada");
  await after(who, { say: "/start" });
  await bot.sql(
    `UPDATE users SET name = 'Ada', user_type = 'team', is_searching = true, city = 'Riga', dialogue = NULL
     WHERE id = ${who.id}`,
  );
  return who;
}

test("a chosen language is kept, whatever that of the person's Telegram, until it is given up again", async () => {
  const ada = await known("en");
  expect(await after(ada, { say: "/settings" })).toContain("Settings");
  expect(await after(ada, { press: "settings:language:ru" })).toContain("Настройки");
  expect(await after(ada, { say: "/help" })).toContain("помогает");
  await bot.sql(`UPDATE users SET last_active = now() - interval '1 hour' WHERE id = ${ada.id}`);
  await after(ada, { say: "/help" });
  expect(await row(ada)).toMatchObject({ chosen_language: "ru", language: "ru" });
  await after(ada, { press: "settings:language:telegram" });
  expect(await after(ada, { say: "/help" })).toContain("helps you find people");
});

test("reminders are turned off and on", async () => {
  const ada = await known();
  expect(await after(ada, { press: "settings:notifications:toggle" })).toContain("<b>off</b>");
  expect(await row(ada)).toMatchObject({ notifications: false });
  expect(await after(ada, { press: "settings:notifications:toggle" })).toContain("<b>on</b>");
});

test("who deletes the profile is asked first, is found no more, and gets everything back by /start", async () => {
  const [ada, grace] = [await known(), await known()];
  expect(await after(ada, { say: "/delete_me" })).toContain("Delete your profile?");
  expect(await after(ada, { press: "delete:no" })).toContain("nothing was changed");
  expect(await after(grace, { say: "/search" })).toContain(String(ada.username));
  expect(await after(ada, { press: "delete:yes" })).toContain("Your profile is deleted");
  expect(await after(grace, { say: "/search" })).not.toContain(String(ada.username));
  // Nothing but /start brings it back.
  expect(await after(ada, { say: "/profile" })).toContain("We have not met yet");
  expect(await row(ada)).toMatchObject({ deleted_at: expect.any(Date) as unknown });
  expect(await after(ada, { say: "/start" })).toContain("Good to see you again, Ada");
  expect(await after(grace, { say: "/search" })).toContain(String(ada.username));
  expect(await row(ada)).toMatchObject({ deleted_at: null, city: "Riga" });
});

test("who comes back after nothing is left begins anew", async () => {
  const ada = await known();
  await after(ada, { press: "delete:yes" });
  await bot.sql(`UPDATE users SET anonymised_at = now(), name = NULL, user_type = NULL WHERE id = ${ada.id}`);
  expect(await after(ada, { say: "/start" })).toContain("Who are you here?");
  expect(await row(ada)).toMatchObject({ deleted_at: null, anonymised_at: null });
  expect(await after(ada, { press: "answer:type:team" })).toContain("What should people call you?");
});
