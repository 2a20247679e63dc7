import { $, el } from "./dom.js";
import { formatTime, initials } from "./format.js";
import { icon } from "./icons.js";
import { chatName, inShort, nameOf, state } from "./state.js";
import { t } from "./texts.js";

/** @param {any} chat */
const avatar = (chat) =>
  el(
    "span",
    { class: `avatar hue-${Math.abs(chat.id) % 7}`, "aria-hidden": "true" },
    chat.title === undefined ? initials(chatName(chat)) : icon("group"),
  );

/** @param {any} chat */
function preview(chat) {
  if (chat.blocked) return t("blocked_the_bot");
  const last = chat.last_message;
  if (!last) return chat.username ? `@${chat.username}` : t("no_messages");
  if (chat.title !== undefined) return `${nameOf(last.sender)}: ${inShort(last)}`;
  return (last.from === "person" ? `${t("you")}: ` : "") + inShort(last);
}

/**
 * @param {any} chat
 * @param {(id: number) => void} onSelect
 */
function row(chat, onSelect) {
  return el(
    "li",
    {},
    el(
      "button",
      {
        type: "button",
        class: "person",
        "data-chat": chat.id,
        "aria-current": chat.id === state.selected ? "true" : undefined,
        on: { click: () => onSelect(chat.id) },
      },
      avatar(chat),
      el(
        "span",
        { class: "person-text" },
        el(
          "span",
          { class: "person-top" },
          el("span", { class: "person-name" }, chatName(chat)),
          chat.last_message ? el("time", { class: "sub" }, formatTime(chat.last_message.date)) : null,
        ),
        el(
          "span",
          { class: "person-bottom" },
          el("span", { class: "sub preview" }, preview(chat)),
          state.unread.has(chat.id)
            ? el("span", { class: "dot", role: "img", "aria-label": t("unread") })
            : null,
        ),
      ),
    ),
  );
}

/** @param {(id: number) => void} onSelect */
export function drawPeople(onSelect) {
  const focused = document.activeElement?.dataset?.chat;
  const list = $("people");
  const groups = [...state.groups.values()];
  list.replaceChildren(
    ...[...state.people.values()].map((person) => row(person, onSelect)),
    ...(groups.length === 0 ? [] : [el("li", { class: "list-heading" }, t("groups"))]),
    ...groups.map((group) => row(group, onSelect)),
  );
  if (focused) list.querySelector(`[data-chat="${focused}"]`)?.focus();
}
