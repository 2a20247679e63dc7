import { randomBytes } from "node:crypto";
import type { Clock } from "./clock.ts";
import { createPending } from "./pending.ts";

/** So long Telegram waits for the bot's answer to a pre-checkout query. */
const PRE_CHECKOUT_S = 10;

/** What somebody can pay for. */
export interface Offer {
  readonly title: string;
  readonly description: string;
  readonly payload: string;
  readonly currency: string;
  /** In the currency's smallest unit. */
  readonly amount: number;
}

export interface Charge {
  readonly id: string;
  readonly person: number;
  readonly offer: Offer;
  /** Unix time in seconds. */
  readonly date: number;
  refunded: boolean;
}

/** Invoices and what was paid. Everybody has as many Stars as they like. */
export function createPayments(clock: Clock) {
  const inMessages = new Map<string, Offer>();
  const links = new Map<string, Offer>();
  const charges = new Map<string, Charge>();
  const key = (chatId: number, messageId: number): string => `${chatId} ${messageId}`;

  return {
    /** Pre-checkout queries: the answer is an error for the person, "" when the bot agrees. */
    preCheckout: createPending<{ person: number; update: number }, string>(clock, PRE_CHECKOUT_S),
    offerInMessage: (chatId: number, messageId: number, offer: Offer): void =>
      void inMessages.set(key(chatId, messageId), offer),
    inMessage: (chatId: number, messageId: number): Offer | undefined =>
      inMessages.get(key(chatId, messageId)),
    /** A link that anybody can pay by, again and again. */
    addLink(offer: Offer): string {
      const link = `https://t.me/$${randomBytes(9).toString("base64url")}`;
      links.set(link, offer);
      return link;
    },
    byLink: (link: string): Offer | undefined => links.get(link),
    charge(person: number, offer: Offer): Charge {
      const id = `stx${randomBytes(24).toString("base64url")}`;
      const charge = { id, person, offer, date: Math.floor(clock.now() / 1000), refunded: false };
      charges.set(id, charge);
      return charge;
    },
    findCharge: (id: string): Charge | undefined => charges.get(id),
    charges: (): Charge[] => [...charges.values()],
    /** For a snapshot. */
    entries: () => ({ messages: [...inMessages], links: [...links], charges: [...charges.values()] }),
    restore(entries: {
      readonly messages: readonly (readonly [string, Offer])[];
      readonly links: readonly (readonly [string, Offer])[];
      readonly charges: readonly Charge[];
    }): void {
      for (const [place, offer] of entries.messages) inMessages.set(place, offer);
      for (const [link, offer] of entries.links) links.set(link, offer);
      for (const charge of entries.charges) charges.set(charge.id, { ...charge });
    },
    reset(): void {
      this.preCheckout.reset();
      inMessages.clear();
      links.clear();
      charges.clear();
    },
  };
}
