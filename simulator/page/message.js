import { renderContent, serviceText } from "./content.js";
import { el } from "./dom.js";
import { renderText } from "./entities.js";
import { formatDay, formatDuration, formatFull, formatTime } from "./format.js";
import { icon } from "./icons.js";
import { actor, currentGroup, inShort, isOwn, nameOf, state } from "./state.js";
import { t } from "./texts.js";

/** Consecutive messages of one side within this many seconds stand together. */
const GROUP_S = 120;
/** A link that pays. */
const payLink = /^https:\/\/t\.me\/\$/;

/** How the delivery of a person's message stands. */
function delivery(message) {
  if (message.update_id === null) return { icon: "block", text: t("not_told"), kind: "untold" };
  const entry = state.updates.get(message.update_id);
  if (entry === undefined) return undefined;
  const failures = entry.attempts.filter((a) => !isOk(a.status)).length;
  if (entry.acknowledged !== undefined) {
    const failed = failures === 0 ? "" : t("failed_before", { count: failures });
    return {
      icon: "check",
      text: formatDuration(entry.acknowledged - entry.created) + failed,
      kind: "delivered",
    };
  }
  if (entry.dropped !== undefined) return { icon: "warn", text: t(entry.dropped), kind: "failed" };
  if (failures > 0) return { icon: "warn", text: t("trying_again", { count: failures }), kind: "failed" };
  return { icon: "clock", text: t("queued"), kind: "queued" };
}

/** @param {number | string} status */
export const isOk = (status) => typeof status === "number" && status >= 200 && status < 300;

/** @param {any} message */
function meta(message) {
  const stand = message.from === "person" ? delivery(message) : undefined;
  return el(
    "span",
    { class: "meta" },
    message.edited ? el("span", {}, t("edited")) : null,
    el(
      "time",
      { title: formatFull(message.date), dateTime: new Date(message.date * 1000).toISOString() },
      formatTime(message.date),
    ),
    stand
      ? el(
          "span",
          { class: `delivery ${stand.kind}`, title: stand.kind === "untold" ? stand.text : undefined },
          icon(stand.icon),
          el("span", { class: stand.kind === "untold" ? "hidden" : undefined }, stand.text),
        )
      : null,
  );
}

function inlineKeyboard(message, actions) {
  const rows = message.keyboard?.inline_keyboard;
  if (!rows) return null;
  return el(
    "div",
    { class: "inline-keyboard", role: "group", "aria-label": t("message_buttons") },
    ...rows.map((row) =>
      el("div", { class: "inline-row" }, ...row.map((button) => inlineButton(message, button, actions))),
    ),
  );
}

function inlineButton(message, button, actions) {
  const { callback_data: data, url } = button;
  if (typeof data === "string") {
    const key = `${message.message_id}:${data}`;
    const waiting = [...state.pressed.values()].includes(key);
    return el(
      "button",
      {
        type: "button",
        class: `inline-button${waiting ? " waiting" : ""}`,
        "aria-busy": waiting ? "true" : undefined,
        "data-key": key,
        on: { click: () => actions.press(message, data) },
      },
      button.text,
      waiting ? icon("loading") : null,
    );
  }
  if (typeof url === "string" && payLink.test(url)) {
    const pay = { click: () => actions.payLink(url) };
    return el("button", { type: "button", class: "inline-button", on: pay }, button.text, icon("star"));
  }
  if (typeof url === "string") {
    const href = /^(https?|tg):/i.test(url) ? url : `http://${url}`;
    return el(
      "a",
      { class: "inline-button", href, target: "_blank", rel: "noopener noreferrer" },
      button.text,
      icon("link"),
    );
  }
  return el(
    "button",
    { type: "button", class: "inline-button", disabled: true, title: t("unknown_button") },
    button.text,
  );
}

/** @param {any} message */
function answeredMessage({ reply_to: id }) {
  if (id === undefined) return null;
  const answered = state.chats.get(state.selected)?.get(id);
  return el(
    "div",
    { class: "answered" },
    el("strong", {}, answered === undefined ? "?" : nameOf(answered.sender)),
    el("span", {}, answered === undefined || answered.deleted ? t("deleted") : inShort(answered)),
  );
}

function reactions(message, actions) {
  const counts = new Map();
  for (const [user, list] of Object.entries(message.reactions ?? {})) {
    for (const emoji of list) counts.set(emoji, [...(counts.get(emoji) ?? []), Number(user)]);
  }
  if (counts.size === 0) return null;
  const own = actor()?.id;
  return el(
    "div",
    { class: "reactions", role: "group", "aria-label": t("reactions") },
    ...[...counts].map(([emoji, users]) =>
      el(
        "button",
        {
          type: "button",
          class: "reaction",
          "aria-pressed": String(users.includes(own)),
          title: users.map(nameOf).join(", "),
          "data-key": `${message.message_id}:${emoji}`,
          on: { click: () => actions.react(message, users.includes(own) ? null : emoji) },
        },
        `${emoji} ${users.length}`,
      ),
    ),
  );
}

function bubble(message, own, grouped, actions) {
  const origin = message.forward_origin?.sender_user;
  const named = currentGroup() !== undefined && !own && !grouped;
  const commands = (text) => actions.send(text);
  return el(
    "div",
    { class: `bubble${message.content?.photo ? " with-picture" : ""}` },
    named
      ? el("div", { class: `sender hue-${Math.abs(message.sender) % 7}` }, nameOf(message.sender))
      : el("span", { class: "hidden" }, own ? `${t("you")}: ` : `${nameOf(message.sender)}: `),
    message.via_bot ? el("div", { class: "origin" }, t("via", { name: `@${state.bot?.username}` })) : null,
    origin ? el("div", { class: "origin" }, t("forwarded_from", { name: nameOf(origin.id) })) : null,
    answeredMessage(message),
    renderContent(message, actions),
    message.text === ""
      ? null
      : el("div", { class: "text" }, ...renderText(message.text, message.entities, commands)),
    meta(message),
  );
}

/**
 * A message as an element of the list.
 * @param {any} message
 * @param {any} previous the message above, if there is one
 * @param {any} actions what can be done to it
 */
export function messageItem(message, previous, actions) {
  const day = formatDay(message.date);
  const newDay = previous === undefined || formatDay(previous.date) !== day;
  const grouped =
    !newDay &&
    previous.sender === message.sender &&
    serviceText(previous) === undefined &&
    message.date - previous.date < GROUP_S;
  const own = isOwn(message);
  const service = serviceText(message);
  const side = service === undefined ? (own ? "own" : "theirs") : "service";
  const album = message.media_group_id !== undefined && message.media_group_id === previous?.media_group_id;
  const isShown = !message.deleted && service === undefined;
  return el(
    "li",
    {
      class: `message ${side}${grouped ? " grouped" : ""}${album ? " album" : ""}`,
      "data-message": message.message_id,
    },
    newDay ? el("div", { class: "day" }, el("span", {}, day)) : null,
    service === undefined ? null : el("div", { class: "service" }, service),
    message.deleted ? el("div", { class: "bubble deleted" }, t("deleted")) : null,
    isShown
      ? el(
          "div",
          { class: "bubble-row" },
          bubble(message, own, grouped, actions),
          el(
            "button",
            {
              type: "button",
              class: "icon-button more",
              "aria-label": t("actions"),
              title: t("actions"),
              "data-key": `${message.message_id}:more`,
              on: { click: ({ currentTarget }) => actions.openMenu(message, currentTarget) },
            },
            icon("more"),
          ),
        )
      : null,
    isShown ? reactions(message, actions) : null,
    isShown ? inlineKeyboard(message, actions) : null,
  );
}
