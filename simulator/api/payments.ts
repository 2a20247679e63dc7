import { z } from "zod";
import { refund } from "../actions/pay.ts";
import type { Charge, Offer } from "../payments.ts";
import { flag, integer, object, text, type Arguments } from "./arguments.ts";
import { findReader } from "./chat.ts";
import { ApiError } from "./error.ts";
import type { Method } from "./method.ts";
import { post, readOptions } from "./send.ts";

const prices = z.array(z.object({ label: z.string().min(1), amount: z.coerce.number().int() })).min(1);

/** Reads what is offered. Throws ApiError. */
function readOffer(args: Arguments): Offer {
  const [title, description, payload] = [
    text(args, "title"),
    text(args, "description"),
    text(args, "payload"),
  ];
  if (title === "" || title.length > 32) throw new ApiError(400, "INVOICE_TITLE_INVALID");
  if (description === "" || description.length > 255) throw new ApiError(400, "INVOICE_DESCRIPTION_INVALID");
  const bytes = Buffer.byteLength(payload);
  if (bytes === 0 || bytes > 128) throw new ApiError(400, "INVOICE_PAYLOAD_INVALID");
  const currency = text(args, "currency");
  if (!/^[A-Z]{3}$/.test(currency)) throw new ApiError(400, "CURRENCY_INVALID");
  if (currency !== "XTR") {
    throw new ApiError(
      501,
      "the simulator takes Telegram Stars only: give the currency XTR and no provider_token",
    );
  }
  if (text(args, "provider_token") !== "") throw new ApiError(400, "PAYMENT_PROVIDER_INVALID");
  const parsed = prices.safeParse(object(args, "prices"));
  if (!parsed.success)
    throw new ApiError(400, "can't parse labeled prices: expected an Array of LabeledPrice");
  const [price] = parsed.data;
  // Of Stars there is one price.
  if (price === undefined || parsed.data.length !== 1) throw new ApiError(400, "STARS_INVOICE_INVALID");
  const { amount } = price;
  if (amount < 1 || amount > 100_000) throw new ApiError(400, "CURRENCY_TOTAL_AMOUNT_INVALID");
  return { title, description, payload, currency, amount };
}

const sendInvoice: Method = (call) => {
  const { world, args } = call;
  const target = findReader(world, args);
  const offer = readOffer(args);
  const { title, description, currency, amount } = offer;
  const content = {
    invoice: {
      title,
      description,
      start_parameter: text(args, "start_parameter"),
      currency,
      total_amount: amount,
    },
  };
  const message = post(call, target, "sendInvoice", {
    text: "",
    entities: [],
    content,
    ...readOptions(call, target),
  });
  if (target.kind === "chat") world.payments.offerInMessage(target.id, message.message_id, offer);
  return message;
};

const createInvoiceLink: Method = ({ world, args }) => world.payments.addLink(readOffer(args));

const answerPreCheckoutQuery: Method = ({ world, args }) => {
  const id = text(args, "pre_checkout_query_id");
  const error = text(args, "error_message").trim();
  const agreed = flag(args, "ok");
  if (!agreed && error === "") throw new ApiError(400, "ERROR_TEXT_EMPTY");
  const { preCheckout } = world.payments;
  const question = preCheckout.question(id);
  if (question === undefined) {
    throw new ApiError(400, "query is too old and response timeout expired or query ID is invalid");
  }
  world.ledger.replied(question.person, "answerPreCheckoutQuery", undefined, question.update);
  preCheckout.answer(id, agreed ? "" : error);
  return true;
};

const refundStarPayment: Method = ({ world, args }) => {
  const charge = world.payments.findCharge(text(args, "telegram_payment_charge_id"));
  const userId = integer(args, "user_id", 0, 0, Number.MAX_SAFE_INTEGER);
  if (world.people.get(userId) === undefined) throw new ApiError(400, "user not found");
  if (charge?.person !== userId) throw new ApiError(400, "CHARGE_NOT_FOUND");
  if (charge.refunded) throw new ApiError(400, "CHARGE_ALREADY_REFUNDED");
  refund(world, charge);
  return true;
};

const asTransaction = (
  world: Parameters<Method>[0]["world"],
  { id, person, offer, date }: Charge,
): object => ({
  id,
  amount: offer.amount,
  date,
  source: {
    type: "user",
    transaction_type: "invoice_payment",
    user: world.userById(person),
    invoice_payload: offer.payload,
  },
});

const getStarTransactions: Method = ({ world, args }) => {
  const offset = integer(args, "offset", 0, 0, Number.MAX_SAFE_INTEGER);
  const limit = integer(args, "limit", 100, 1, 100);
  const all = world.payments.charges().map((charge) => asTransaction(world, charge));
  return { transactions: all.slice(offset, offset + limit) };
};

const getMyStarBalance: Method = ({ world }) => ({
  amount: world.payments
    .charges()
    .filter(({ refunded }) => !refunded)
    .reduce((sum, { offer }) => sum + offer.amount, 0),
});

export const paymentMethods = {
  sendInvoice,
  createInvoiceLink,
  answerPreCheckoutQuery,
  refundStarPayment,
  getStarTransactions,
  getMyStarBalance,
};
