import { request } from "./api.js";
import { $ } from "./dom.js";
import { actor } from "./state.js";
import { stars, t } from "./texts.js";

/** What the dialog asks about. */
let offer;

function say(text, kind) {
  const line = $("pay-state");
  line.hidden = text === "";
  line.textContent = text;
  line.className = kind;
}

/**
 * Asks whether to pay.
 * @param {{message_id: number} | {link: string}} what
 * @param {{title?: string, description?: string, total_amount?: number}} [invoice]
 */
export function askToPay(what, invoice = {}) {
  offer = what;
  const { title, description, total_amount: amount } = invoice;
  const price = amount === undefined ? undefined : stars(amount);
  $("pay-title").textContent = title ?? t("invoice");
  $("pay-text").textContent = description ?? t("pay_link");
  $("pay-button").textContent = price === undefined ? t("ok") : t("pay", { amount: price });
  $("pay-button").disabled = false;
  say("", "sub");
  $("pay-dialog").showModal();
}

async function pay(event) {
  event.preventDefault();
  const mine = offer;
  $("pay-button").disabled = true;
  say(t("paying"), "sub");
  try {
    const result = await request("POST", `people/${actor().id}/pay`, mine);
    // Another offer may be asked about by now.
    if (mine !== offer) return;
    if (result.status === "paid") $("pay-dialog").close();
    else if (result.status === "refused") say(t("pay_refused", { error: result.error }), "error");
    else say(t("pay_expired"), "error");
  } catch (error) {
    say(error.message, "error");
  }
  $("pay-button").disabled = false;
}

export function setUpPay() {
  $("pay-form").addEventListener("submit", pay);
  $("pay-cancel").addEventListener("click", () => $("pay-dialog").close());
  $("pay-dialog").addEventListener("close", () => (offer = undefined));
}
