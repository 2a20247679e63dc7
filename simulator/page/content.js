import { el } from "./dom.js";
import { formatSize } from "./format.js";
import { icon } from "./icons.js";
import { nameOf } from "./state.js";
import { stars, t } from "./texts.js";

/** @param {string} id */
const address = (id) => `/simulator/api/files/${encodeURIComponent(id)}`;

const fullNameOf = (user) => [user.first_name, user.last_name].filter(Boolean).join(" ");

const amountOf = ({ currency, total_amount: amount }) =>
  currency === "XTR" ? stars(amount) : `${amount} ${currency}`;

/** What happened in a chat, in a line of its own; undefined for what somebody wrote. */
export function serviceText({ content = {}, sender }) {
  if (content.new_chat_members) {
    return t("joined", { name: content.new_chat_members.map(fullNameOf).join(", ") });
  }
  if (content.left_chat_member) return t("went", { name: fullNameOf(content.left_chat_member) });
  if (content.successful_payment)
    return `${nameOf(sender)}: ${t("paid_for", { amount: amountOf(content.successful_payment) })}`;
  if (content.refunded_payment)
    return `${nameOf(sender)}: ${t("refunded", { amount: amountOf(content.refunded_payment) })}`;
  return undefined;
}

/** @param {any} message */
function picture(message) {
  const { file_id, width, height } = message.content.photo.at(-1);
  const image = el("img", {
    src: address(file_id),
    alt: t("picture_of", { text: message.text || "" }),
    width,
    height,
    loading: "lazy",
  });
  return el("a", { class: "picture", href: address(file_id), target: "_blank", rel: "noopener" }, image);
}

/** @param {any} file a document of the Bot API or the like */
function file(file, kind) {
  const name = file.file_name ?? t(kind);
  return el(
    "a",
    {
      class: "file",
      href: address(file.file_id),
      download: name,
      "aria-label": t("download", { name }),
    },
    el("span", { class: "file-icon", "aria-hidden": "true" }, icon("file")),
    el(
      "span",
      { class: "file-text" },
      el("span", { class: "file-name" }, name),
      el("span", { class: "sub" }, formatSize(file.file_size ?? 0)),
    ),
  );
}

/**
 * @param {any} message
 * @param {{pay(message: any): void}} actions
 */
function invoice(message, actions) {
  const { title, description } = message.content.invoice;
  return el(
    "div",
    { class: "invoice" },
    el("strong", {}, title),
    el("p", {}, description),
    el(
      "button",
      {
        type: "button",
        class: "wide-button",
        disabled: message.paid === true,
        "data-key": `${message.message_id}:pay`,
        on: { click: () => actions.pay(message) },
      },
      message.paid ? t("paid") : t("pay", { amount: amountOf(message.content.invoice) }),
    ),
  );
}

/**
 * What a message holds besides text.
 * @param {any} message
 * @param {{pay(message: any): void}} actions
 */
export function renderContent(message, actions) {
  const { content } = message;
  if (content === undefined) return null;
  if (content.photo) return picture(message);
  if (content.invoice) return invoice(message, actions);
  for (const kind of ["animation", "video", "audio", "voice", "document"]) {
    if (content[kind]) return file(content[kind], kind);
  }
  return null;
}
