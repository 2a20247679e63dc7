import { $, el } from "./dom.js";
import { formatTime, fullName, initials } from "./format.js";
import { state } from "./state.js";

/** @param {any} person */
export const avatar = (person) =>
  el("span", { class: `avatar hue-${person.id % 7}`, "aria-hidden": "true" }, initials(person));

/** @param {any} person */
function preview(person) {
  if (person.blocked) return "blocked the bot";
  const last = person.last_message;
  if (!last) return person.username ? `@${person.username}` : "no messages yet";
  return (last.from === "person" ? "You: " : "") + last.text;
}

/** @param {(id: number) => void} onSelect */
export function drawPeople(onSelect) {
  const focused = document.activeElement?.dataset?.person;
  const list = $("people");
  const items = [...state.people.values()].map((person) => {
    const unread = state.unread.has(person.id);
    const name = fullName(person);
    return el(
      "li",
      {},
      el(
        "button",
        {
          type: "button",
          class: "person",
          "data-person": person.id,
          "aria-current": person.id === state.selected ? "true" : undefined,
          on: { click: () => onSelect(person.id) },
        },
        avatar(person),
        el(
          "span",
          { class: "person-text" },
          el(
            "span",
            { class: "person-top" },
            el("span", { class: "person-name" }, name),
            person.last_message ? el("time", { class: "sub" }, formatTime(person.last_message.date)) : null,
          ),
          el(
            "span",
            { class: "person-bottom" },
            el("span", { class: "sub preview" }, preview(person)),
            unread ? el("span", { class: "dot", role: "img", "aria-label": "unread" }) : null,
          ),
        ),
      ),
    );
  });
  list.replaceChildren(...items);
  if (focused) list.querySelector(`[data-person="${focused}"]`)?.focus();
}
