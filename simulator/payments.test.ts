import { expect, test } from "vitest";
import { refused, testWorld } from "./testing/world.ts";

const terms = {
  title: "Premium",
  description: "A month of it",
  payload: "premium:1",
  currency: "XTR",
  prices: JSON.stringify([{ label: "Month", amount: 250 }]),
};

/** Ada with an invoice; the answer to `pay` is what the bot makes of the pre-checkout query. */
function invoiced() {
  const world = testWorld();
  world.setWebhook();
  world.actions.write(world.ada.id, "/premium");
  const chat_id = world.ada.id;
  const { message_id } = world.call("sendInvoice", { chat_id, ...terms })["result"] as { message_id: number };
  const last = async (): Promise<Record<string, Record<string, unknown>>> => {
    await world.clock.pass(0.1);
    return world.received().at(-1) as Record<string, Record<string, unknown>>;
  };
  const pay = async (answer: object, what: Parameters<typeof world.actions.pay>[1] = { message_id }) => {
    const result = world.actions.pay(chat_id, what);
    const { pre_checkout_query: query } = await last();
    const answered = world.call("answerPreCheckoutQuery", {
      pre_checkout_query_id: query?.["id"],
      ...answer,
    });
    return { query, answered, result: await result };
  };
  return { ...world, chat_id, message_id, last, pay };
}

test("an invoice is paid once the bot agrees, and the bot is told of the charge", async () => {
  const { pay, last, call, message_id, actions, chat_id } = invoiced();
  const { query, result } = await pay({ ok: true });
  expect(query).toMatchObject({
    from: { id: chat_id },
    currency: "XTR",
    total_amount: 250,
    invoice_payload: "premium:1",
  });
  const { message } = await last();
  expect(message).toMatchObject({
    successful_payment: {
      currency: "XTR",
      total_amount: 250,
      invoice_payload: "premium:1",
      telegram_payment_charge_id: "charge_id" in result ? result.charge_id : "",
    },
  });
  expect(call("getMyStarBalance")).toMatchObject({ result: { amount: 250 } });
  expect(call("getStarTransactions")).toMatchObject({
    result: { transactions: [{ amount: 250, source: { type: "user", invoice_payload: "premium:1" } }] },
  });
  await expect(actions.pay(chat_id, { message_id })).rejects.toThrow(/paid already/);
});

test("the bot can say no, and then nothing is paid", async () => {
  const { pay, call } = invoiced();
  const { result } = await pay({ ok: false, error_message: "Sold out" });
  expect(result).toEqual({ status: "refused", error: "Sold out" });
  expect(call("getMyStarBalance")).toMatchObject({ result: { amount: 0 } });
  expect((await pay({ ok: true })).result).toMatchObject({ status: "paid" });
});

test("a bot that does not answer within 10 seconds gets nothing, and its answer comes too late", async () => {
  const { actions, chat_id, message_id, clock, last, call } = invoiced();
  const result = actions.pay(chat_id, { message_id });
  const { pre_checkout_query: query } = await last();
  await clock.pass(10);
  expect(await result).toEqual({ status: "expired" });
  expect(call("answerPreCheckoutQuery", { pre_checkout_query_id: query?.["id"], ok: true })).toEqual(
    refused("Bad Request: query is too old and response timeout expired or query ID is invalid"),
  );
});

test("a refusal needs a reason", async () => {
  const { actions, chat_id, message_id, last, call, clock } = invoiced();
  const result = actions.pay(chat_id, { message_id });
  const { pre_checkout_query: query } = await last();
  expect(call("answerPreCheckoutQuery", { pre_checkout_query_id: query?.["id"], ok: false })).toEqual(
    refused("Bad Request: ERROR_TEXT_EMPTY"),
  );
  await clock.pass(10);
  await result;
});

test("a link can be paid again and again", async () => {
  const { pay, call, actions, chat_id } = invoiced();
  const link = String(call("createInvoiceLink", terms)["result"]);
  expect(link).toMatch(/^https:\/\/t\.me\/\$/);
  expect((await pay({ ok: true }, { link })).result).toMatchObject({ status: "paid" });
  expect((await pay({ ok: true }, { link })).result).toMatchObject({ status: "paid" });
  await expect(actions.pay(chat_id, { link: "https://t.me/$nothing" })).rejects.toThrow(
    /no invoice by the link/,
  );
});

test("Stars are given back once", async () => {
  const { pay, call, last, chat_id } = invoiced();
  const { result } = await pay({ ok: true });
  const refund = {
    user_id: chat_id,
    telegram_payment_charge_id: "charge_id" in result ? result.charge_id : "",
  };
  expect(call("refundStarPayment", refund)).toMatchObject({ result: true });
  expect(await last()).toMatchObject({ message: { refunded_payment: { total_amount: 250 } } });
  expect(call("refundStarPayment", refund)).toEqual(refused("Bad Request: CHARGE_ALREADY_REFUNDED"));
  expect(call("refundStarPayment", { ...refund, telegram_payment_charge_id: "stx" })).toEqual(
    refused("Bad Request: CHARGE_NOT_FOUND"),
  );
});

test.each([
  [{ title: "" }, "INVOICE_TITLE_INVALID"],
  [{ payload: "x".repeat(129) }, "INVOICE_PAYLOAD_INVALID"],
  [{ currency: "stars" }, "CURRENCY_INVALID"],
  [{ provider_token: "x" }, "PAYMENT_PROVIDER_INVALID"],
  [{ prices: [] }, "can't parse labeled prices: expected an Array of LabeledPrice"],
  [
    {
      prices: [
        { label: "a", amount: 1 },
        { label: "b", amount: 1 },
      ],
    },
    "STARS_INVOICE_INVALID",
  ],
  [{ prices: [{ label: "a", amount: 0 }] }, "CURRENCY_TOTAL_AMOUNT_INVALID"],
])("sendInvoice with %j is refused: %s", (args, text) => {
  const { call, chat_id } = invoiced();
  expect(call("sendInvoice", { chat_id, ...terms, ...args })).toEqual(refused(`Bad Request: ${text}`));
});
