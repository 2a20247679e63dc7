import type { ChatMessage } from "../history.ts";
import { userOf } from "../people.ts";
import type { Charge, Offer } from "../payments.ts";
import { Refusal } from "../refusal.ts";
import type { World } from "../world.ts";
import { actor } from "./actor.ts";

export type PaymentResult =
  | { readonly status: "paid"; readonly charge_id: string; readonly message_id: number }
  /** The bot said no. */
  | { readonly status: "refused"; readonly error: string }
  /** The bot did not answer in time. */
  | { readonly status: "expired" };

/** What Telegram tells of a payment. */
const paymentOf = ({ id, offer }: Charge) => ({
  currency: offer.currency,
  total_amount: offer.amount,
  invoice_payload: offer.payload,
  telegram_payment_charge_id: id,
  provider_payment_charge_id: "",
});

/** Tells bot and person of a payment or refund. The answer is the id of the message. */
function announce(world: World, charge: Charge, kind: "successful_payment" | "refunded_payment"): number {
  const person = world.people.get(charge.person);
  // A reset came in between.
  if (person === undefined) return 0;
  const message = {
    message_id: world.ids.message(),
    from: "person" as const,
    sender: person.id,
    text: "",
    entities: [],
    keyboard: null,
    date: world.seconds(),
    content: { [kind]: paymentOf(charge) },
  };
  person.started = true;
  const update_id = world.updates.create("message", world.asMessage(person, message), {
    chatId: person.id,
    userId: person.id,
    summary: `${kind.replace("_", " ")}: ${charge.offer.amount} ${charge.offer.currency}`,
  });
  world.put(person, { ...message, update_id });
  return message.message_id;
}

/** Gives Stars back. */
export function refund(world: World, charge: Charge): void {
  charge.refunded = true;
  announce(world, charge, "refunded_payment");
}

/** Pays for an invoice in the private chat, or by a link; resolves when the bot has agreed or not. */
export function payAction(world: World) {
  const { payments } = world;

  function find(chatId: number, what: { message_id: number } | { link: string }): Offer {
    const offer = "link" in what ? payments.byLink(what.link) : payments.inMessage(chatId, what.message_id);
    if (offer === undefined) {
      const where = "link" in what ? `by the link ${what.link}` : `in message ${what.message_id}`;
      throw new Refusal(404, `there is no invoice ${where}`);
    }
    return offer;
  }

  return async function pay(
    id: number,
    what: { message_id: number } | { link: string },
  ): Promise<PaymentResult> {
    const { person } = actor(world, id);
    const offer = find(id, what);
    const invoice = (): ChatMessage | undefined =>
      "link" in what ? undefined : person.history.get(what.message_id);
    if (invoice()?.paid === true) throw new Refusal(409, "that invoice is paid already");
    const queryId = String(world.ids.query());
    const { currency, amount, payload } = offer;
    const update = world.updates.create(
      "pre_checkout_query",
      { id: queryId, from: userOf(person), currency, total_amount: amount, invoice_payload: payload },
      { chatId: id, userId: id, summary: `${amount} ${currency}: ${payload.slice(0, 60)}` },
    );
    if (update === null) {
      throw new Refusal(409, "the bot gets no pre_checkout_query: its allowed_updates leave them out");
    }
    const error = await payments.preCheckout.ask(queryId, { person: id, update });
    if (error === undefined) return { status: "expired" };
    if (error !== "") return { status: "refused", error };
    const message = invoice();
    if (message !== undefined) world.put(person, { ...message, paid: true });
    const charge = payments.charge(id, offer);
    return {
      status: "paid",
      charge_id: charge.id,
      message_id: announce(world, charge, "successful_payment"),
    };
  };
}
