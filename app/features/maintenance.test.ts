import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { freshDatabase } from "../../test/support/database.ts";
import { until } from "../../test/support/wait.ts";
import { startBot, type TestBot } from "../testing/bot.ts";
import { startFakeApi, type FakeApi } from "../testing/fake-api.ts";
import {
  membership,
  message,
  person,
  preCheckout,
  press,
  service,
  type TestPerson,
} from "../testing/updates.ts";

const admin = person("en", "Root");
const payload = "premium:30:250";
let api: FakeApi;
let replicas: TestBot[];
let bot: TestBot;

beforeAll(async () => {
  const servers = inject("servers");
  api = await startFakeApi();
  const database = await freshDatabase(servers.postgres);
  const start = () => startBot({ servers, database, apiUrl: api.url, admins: [admin.id] });
  replicas = [await start(), await start()];
  bot = replicas[0] ?? (await start());
  await bot.deliver(message(admin, "/start"));
});
afterEach(async () => {
  await bot.deliver(press(admin, "maintenance:off"));
  await everywhere(false);
});
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.close()));
  await api.close();
});

const said = (who: TestPerson): string | undefined => api.texts(who.id).at(-1);

async function known(): Promise<TestPerson> {
  const who = person();
  await bot.deliver(message(who, "/start"));
  return who;
}

/** Waits until both replicas know the switch; a person who is new each time tells. */
async function everywhere(on: boolean): Promise<void> {
  for (const replica of replicas) {
    await until(`a replica knows that the maintenance is ${on ? "on" : "off"}`, async () => {
      const who = person();
      await replica.deliver(message(who, "/help"));
      return /working on the bot|Back at/.test(said(who) ?? "") === on;
    });
  }
}

async function isOn(): Promise<boolean> {
  const [row] = await bot.sql("SELECT value->>'on' AS state FROM settings WHERE key = 'maintenance'");
  return row?.["state"] === "true";
}

/** As an admin does it on the chat page. */
async function begin(words = ""): Promise<void> {
  await bot.deliver(message(admin, `/maintenance ${words}`));
  await bot.deliver(press(admin, "maintenance:on"));
  await everywhere(true);
}

test("during maintenance everybody gets one line and nothing is done but the receipt; afterwards all goes on", async () => {
  const [ada, grace] = [await known(), await known()];
  await begin();
  const last = said(grace);
  await bot.deliver(membership(grace, "kicked"));
  expect(said(grace)).toBe(last);
  const before = await bot.sql(`SELECT * FROM users WHERE id = ${ada.id}`);
  const shown = api.texts(ada.id).length;
  const update = press(ada, "answer:type:team");
  for (const one of [
    message(ada, "/help"),
    update,
    update,
    message(ada, "/search"),
    membership(ada, "kicked"),
  ]) {
    const { status, body } = await bot.deliver(one);
    expect([status, body]).toEqual([200, "{}"]);
  }
  expect(api.texts(ada.id).slice(shown)).toEqual([expect.stringContaining("working on the bot") as unknown]);
  expect(await bot.sql(`SELECT * FROM users WHERE id = ${ada.id}`)).toEqual(before);
  expect(await bot.sql(`SELECT FROM receipts WHERE user_id = ${ada.id}`)).toHaveLength(5);
  // A button stops to spin all the same.
  expect(api.calls.at(-1)).toMatchObject({ method: "answerCallbackQuery" });
  await bot.deliver(press(admin, "maintenance:off"));
  await everywhere(false);
  await bot.deliver(update);
  expect(await bot.sql(`SELECT user_type FROM users WHERE id = ${ada.id}`)).toEqual([{ user_type: null }]);
  await bot.deliver(press(ada, "answer:type:team"));
  expect(await bot.sql(`SELECT user_type FROM users WHERE id = ${ada.id}`)).toEqual([{ user_type: "team" }]);
});

test("a press that comes first shows the line, in the language that the person chose, and so on every replica", async () => {
  const ada = await known();
  await bot.sql(`UPDATE users SET chosen_language = 'ru' WHERE id = ${ada.id}`);
  await begin();
  await replicas[1]?.deliver(press(ada, "help"));
  expect(api.calls.at(-1)?.payload).toMatchObject({
    text: expect.stringContaining("Мы работаем") as unknown,
    show_alert: true,
  });
  await bot.deliver(press(ada, "help"));
  expect(api.calls.at(-1)?.payload).not.toHaveProperty("text");
});

test("an admin is asked first, goes on meanwhile, and may say it in other words", async () => {
  const ada = await known();
  await bot.deliver(message(admin, `/maintenance ${"x".repeat(201)}`));
  expect(said(admin)).toContain("201 characters, and 200 fit");
  await bot.deliver(message(admin, "/maintenance Back at <15:00>"));
  expect(said(admin)).toContain("Back at &lt;15:00&gt;");
  expect(await isOn()).toBe(false);
  await bot.deliver(message(ada, "/help"));
  expect(said(ada)).toContain("helps you find people");
  await begin("Back at <15:00>");
  await bot.deliver(message(ada, "/help"));
  expect(said(ada)).toBe("Back at <15:00>");
  await bot.deliver(message(admin, "/help"));
  expect(said(admin)).toContain("helps you find people");
  await bot.deliver(message(admin, "/maintenance"));
  expect(said(admin)).toContain("Maintenance is on");
});

test("what was paid is noted during maintenance, and nothing new can be paid", async () => {
  const ada = await known();
  await begin();
  const { body } = await bot.deliver(preCheckout(ada, 250, payload));
  expect(JSON.parse(body)).toMatchObject({ ok: false, error_message: /does not work right now/ });
  const charge = { telegram_payment_charge_id: `m${ada.id}`, provider_payment_charge_id: "" };
  const successful_payment = { currency: "XTR", total_amount: 250, invoice_payload: payload, ...charge };
  await bot.deliver(service(ada, { successful_payment }));
  expect(said(ada)).toContain("Premium is yours until");
});

test("only admins have the switch", async () => {
  const ada = await known();
  await bot.deliver(message(ada, "/maintenance"));
  expect(said(ada)).toContain("I do not know this command");
  await bot.deliver(press(ada, "maintenance:on"));
  expect(await isOn()).toBe(false);
});
