import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { freshDatabase } from "../../test/support/database.ts";
import { until } from "../../test/support/wait.ts";
import { addJob } from "../database/jobs.ts";
import { addPayment, refundPayment } from "../database/payments.ts";
import { premium } from "../jobs/premium.ts";
import { refund } from "../jobs/refund.ts";
import { startBot, type TestBot } from "../testing/bot.ts";
import { refusal, startFakeApi, type FakeApi } from "../testing/fake-api.ts";
import { message, person, preCheckout, press, service, type TestPerson } from "../testing/updates.ts";
import { startWorker } from "../testing/worker.ts";

const payload = "premium:30:250";
const admin = person("en", "Root");
let api: FakeApi;
let bot: TestBot;
let stopWorker: () => Promise<void>;

beforeAll(async () => {
  const servers = inject("servers");
  api = await startFakeApi();
  bot = await startBot({
    servers,
    database: await freshDatabase(servers.postgres),
    apiUrl: api.url,
    admins: [admin.id],
    requests: 40,
  });
  stopWorker = startWorker(bot, premium, refund);
  await known(admin);
});
afterEach(() => {
  api.answer = () => undefined;
});
afterAll(async () => {
  await stopWorker();
  await bot.close();
  await api.close();
});

async function known(who: TestPerson = person()): Promise<TestPerson> {
  await bot.deliver(message(who, "/start"));
  await bot.sql(`UPDATE users SET dialogue = NULL WHERE id = ${who.id}`);
  return who;
}

let charges = 0;
const payment = (over: object = {}) => ({
  currency: "XTR",
  total_amount: 250,
  invoice_payload: payload,
  telegram_payment_charge_id: `charge${(charges += 1)}-${"x".repeat(80)}`,
  provider_payment_charge_id: "",
  ...over,
});

const said = (who: TestPerson): string | undefined => api.texts(who.id).at(-1);

/** Days of premium that are left, rounded; null without any. */
async function days(who: TestPerson): Promise<number | null> {
  const [row] = await bot.sql(
    `SELECT round(extract(epoch FROM premium_until - now()) / 86400)::int AS days FROM users WHERE id = ${who.id}`,
  );
  return row?.["days"] as number | null;
}

/** Somebody who has paid; the answer has the charge. */
async function paid(): Promise<{ ada: TestPerson; charge: string }> {
  const ada = await known();
  const successful_payment = payment();
  await bot.deliver(service(ada, { successful_payment }));
  return { ada, charge: successful_payment.telegram_payment_charge_id };
}

/** Waits until every job has ended and its messages have left. */
const done = (): Promise<unknown> =>
  until("the jobs have ended", async () => {
    const rows = await bot.sql(
      "SELECT FROM jobs WHERE ended_at IS NULL UNION ALL SELECT FROM outbox WHERE failed_at IS NULL AND next_at <= now()",
    );
    return rows.length === 0;
  });

/** The charge is refunded, as an admin does it on the chat page. */
async function refundByAdmin(charge: string): Promise<void> {
  await bot.deliver(message(admin, `/refund ${charge}`));
  const [row] = await bot.sql(`SELECT id FROM payments WHERE charge_id = '${charge}'`);
  await bot.deliver(press(admin, `refund:yes:${String(row?.["id"])}`));
  await done();
}

test("/premium shows the plan and what it would give, and its button sends an invoice in Stars", async () => {
  const ada = await known();
  await bot.deliver(message(ada, "/premium"));
  expect(said(ada)).toMatch(/free plan.*100 questions to the mentor a day \(free: 10\)/s);
  await bot.deliver(press(ada, "premium:buy"));
  expect(api.calls.at(-1)).toMatchObject({
    method: "sendInvoice",
    payload: {
      chat_id: ada.id,
      currency: "XTR",
      payload,
      prices: [{ amount: 250 }],
      start_parameter: "premium",
    },
  });
});

test("a payment may be made for what is offered now, and the answer goes back with the acknowledgement", async () => {
  const ada = await known();
  // Nothing that waits for the chat holds the answer up.
  await bot.sql(
    `INSERT INTO outbox (chat_id, method, payload, next_at) VALUES (${ada.id}, 'sendMessage', '{}', now() + interval '1 hour')`,
  );
  const update = preCheckout(ada, 250, payload);
  const { status, body } = await bot.deliver(update);
  expect([status, JSON.parse(body)]).toMatchObject([200, { method: "answerPreCheckoutQuery", ok: true }]);
  expect((await bot.deliver(update)).body).toBe(body);
});

test.each([
  ["another price", 249, payload, "en", /from earlier.*Nothing was paid/],
  ["a price of yesterday", 200, "premium:30:200", "en", /from earlier/],
  ["something else", 250, "gold:1", "ru", /устарел/],
])("a payment for %s is refused with the reason", async (_, stars, what, language, reason) => {
  const { body } = await bot.deliver(preCheckout(await known(person(language)), stars, what));
  expect(JSON.parse(body)).toMatchObject({
    ok: false,
    error_message: expect.stringMatching(reason) as unknown,
  });
});

test("a payment is refused of somebody who is unknown, or has left, and while the database is away", async () => {
  const answer = async (who: TestPerson): Promise<unknown> =>
    JSON.parse((await bot.deliver(preCheckout(who, 250, payload))).body);
  expect(await answer(person())).toMatchObject({ ok: false, error_message: /\/start/ });
  const ada = await known();
  await bot.deliver(press(ada, "delete:yes"));
  expect(await answer(ada)).toMatchObject({ ok: false, error_message: /\/start/ });
  const servers = inject("servers");
  const lost = await startBot({ servers, database: "not_there", apiUrl: api.url });
  const { status, body } = await lost.deliver(preCheckout(ada, 250, payload));
  await lost.close();
  expect([status, JSON.parse(body)]).toMatchObject([
    200,
    { ok: false, error_message: /does not work right now/ },
  ]);
});

test("a payment gives 30 days once, however often it is told and by whichever update, and the next one adds to them", async () => {
  const ada = await known();
  const successful_payment = payment();
  const update = service(ada, { successful_payment });
  await Promise.all([bot.deliver(update), bot.deliver(update)]);
  await bot.deliver(service(ada, { successful_payment }));
  expect(await days(ada)).toBe(30);
  expect(api.texts(ada.id).filter((text) => text.includes("Premium is yours until"))).toHaveLength(1);
  await bot.deliver(service(ada, { successful_payment: payment() }));
  expect(await days(ada)).toBe(60);
  await bot.deliver(message(ada, "/premium"));
  expect(said(ada)).toContain("Yours until");
});

test("a payment is never turned away by the rate limit", async () => {
  const ada = await known();
  await until("the limit is reached", async () =>
    (await bot.deliver(message(ada, "/help"))).body.includes("faster than me"),
  );
  await bot.deliver(service(ada, { successful_payment: payment() }));
  expect(await days(ada)).toBe(30);
  // And with it, the higher limit holds at once.
  await bot.deliver(message(ada, "/premium"));
  expect(said(ada)).toContain("Yours until");
});

test("a payment for nothing that is offered is noted, gives nothing, and is owned up to", async () => {
  const ada = await known();
  const strange = payment({ total_amount: 1 });
  await bot.deliver(service(ada, { successful_payment: strange }));
  expect(said(ada)).toContain("cannot tell what it was for");
  expect(await days(ada)).toBeNull();
  const charge = strange.telegram_payment_charge_id;
  expect(await bot.sql(`SELECT stars, days FROM payments WHERE charge_id = '${charge}'`)).toEqual([
    { stars: 1, days: 0 },
  ]);
});

test("an admin gives a payment back: asked first, the days go, the person is told, and twice is once", async () => {
  const { ada, charge } = await paid();
  await bot.deliver(message(admin, "/refund"));
  expect(JSON.stringify(api.calls.at(-1)?.payload)).toContain("refund:ask:");
  await bot.deliver(message(admin, `/refund ${charge}`));
  expect(said(admin)).toContain("Give 250 Stars back?");
  expect(await days(ada)).toBe(30);
  await refundByAdmin(charge);
  expect(api.calls.filter(({ method }) => method === "refundStarPayment").at(-1)?.payload).toEqual({
    user_id: ada.id,
    telegram_payment_charge_id: charge,
  });
  expect(await days(ada)).toBeNull();
  expect(said(ada)).toBe("You got 250 Stars back. You have the free plan now.");
  expect(said(admin)).toContain("The Stars are back");
  await bot.deliver(message(admin, `/refund ${charge}`));
  expect(said(admin)).toContain("given back already");
});

test("a refund that Telegram made before, and that we did not note, is noted; one that it refuses is told", async () => {
  const [one, two] = [await paid(), await paid()];
  api.answer = ({ method }) =>
    method === "refundStarPayment" ? refusal(400, "Bad Request: CHARGE_ALREADY_REFUNDED") : undefined;
  await refundByAdmin(one.charge);
  expect(await days(one.ada)).toBeNull();
  api.answer = ({ method }) =>
    method === "refundStarPayment" ? refusal(400, "Bad Request: CHARGE_NOT_FOUND") : undefined;
  await refundByAdmin(two.charge);
  expect(await days(two.ada)).toBe(30);
  expect(said(admin)).toContain("CHARGE_NOT_FOUND");
});

test("a refund that Telegram tells of takes the days back, and is told once", async () => {
  const { ada, charge } = await paid();
  const refunded_payment = payment({ telegram_payment_charge_id: charge });
  await bot.deliver(service(ada, { refunded_payment }));
  await refundByAdmin(charge);
  expect(await days(ada)).toBeNull();
  expect(api.texts(ada.id).filter((text) => text.includes("Stars back"))).toHaveLength(1);
});

test("a refund takes back only days that would not be there without it", async () => {
  const ada = await known();
  const query = bot.database.query;
  const pay = (chargeId: string) => addPayment(query, { chargeId, userId: ada.id, stars: 250, days: 30 });
  const age = (chargeId: string, by: number) =>
    bot.sql(`UPDATE payments SET paid_at = paid_at - interval '${by} days' WHERE charge_id = '${chargeId}'`);
  // Bought 40 days ago and over, then again.
  await pay("over");
  await bot.sql(`UPDATE users SET premium_until = now() - interval '10 days' WHERE id = ${ada.id}`);
  await age("over", 40);
  await pay("second");
  await refundPayment(query, "over");
  expect(await days(ada)).toBe(30);
  // Two in a row, the first of them 10 days ago: without it, the second would begin today.
  await age("second", 10);
  await bot.sql(`UPDATE users SET premium_until = premium_until - interval '10 days' WHERE id = ${ada.id}`);
  await pay("third");
  expect(await days(ada)).toBe(50);
  await refundPayment(query, "second");
  expect(await days(ada)).toBe(30);
  // Ten days that somebody gave as a present stay.
  await bot.sql(`UPDATE users SET premium_until = premium_until + interval '10 days' WHERE id = ${ada.id}`);
  await refundPayment(query, "third");
  expect(await days(ada)).toBe(10);
  expect(await refundPayment(query, "third")).toBeUndefined();
});

test("who is no admin does not get to refunds", async () => {
  const { ada, charge } = await paid();
  await bot.deliver(message(ada, `/refund ${charge}`));
  expect(said(ada)).toContain("I do not know this command");
  const [row] = await bot.sql(`SELECT id FROM payments WHERE charge_id = '${charge}'`);
  await bot.deliver(press(ada, `refund:yes:${String(row?.["id"])}`));
  expect(await bot.sql(`SELECT FROM jobs WHERE user_id = ${ada.id}`)).toEqual([]);
});

test("a question about a payment reaches the admins with the payments, and the terms can be read", async () => {
  const { ada, charge } = await paid();
  await bot.deliver(message(ada, "/paysupport"));
  expect(said(ada)).toContain("Write them behind the command");
  await bot.deliver(message(ada, "/paysupport Where is <my> premium?"));
  expect(said(ada)).toContain("Passed on");
  expect(said(admin)).toContain("Where is &lt;my&gt; premium?");
  expect(said(admin)).toContain(`/refund ${charge}`);
  await bot.deliver(message(ada, "/terms"));
  expect(said(ada)).toContain("30 days of premium");
});

/** Runs the hourly job now. */
async function hourly(): Promise<void> {
  await addJob(bot.database.query, { kind: "premium" });
  await done();
}
const ends = (who: TestPerson, when: string) =>
  bot.sql(`UPDATE users SET premium_until = now() + interval '${when}' WHERE id = ${who.id}`);

test("three days before its end premium is announced once, also without reminders, and again for the next end", async () => {
  const [ada, grace] = [await known(), await known()];
  await ends(ada, "71 hours");
  await ends(grace, "73 hours");
  await bot.sql(`UPDATE users SET notifications = false WHERE id = ${ada.id}`);
  await hourly();
  await hourly();
  const told = () => api.texts(ada.id).filter((text) => text.includes("Your premium ends on"));
  expect(told()).toHaveLength(1);
  expect(said(grace)).not.toContain("Your premium ends on");
  await ends(ada, "70 hours");
  await hourly();
  expect(told()).toHaveLength(2);
});

test("premium that is over is the free plan at once, is tidied within the hour, and who wants reminders is told", async () => {
  const [ada, grace] = [await known(), await known()];
  await ends(ada, "-1 minute");
  await ends(grace, "-1 minute");
  await bot.sql(`UPDATE users SET notifications = false WHERE id = ${grace.id}`);
  await bot.deliver(message(ada, "/premium"));
  expect(said(ada)).toContain("free plan");
  await hourly();
  expect(await bot.sql(`SELECT premium_until FROM users WHERE id IN (${ada.id}, ${grace.id})`)).toEqual([
    { premium_until: null },
    { premium_until: null },
  ]);
  expect(said(ada)).toContain("Your premium has ended");
  expect(said(grace)).not.toContain("Your premium has ended");
});
