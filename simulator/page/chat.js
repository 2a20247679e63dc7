import { $, el } from "./dom.js";
import { renderText } from "./entities.js";
import { formatDay, formatDuration, formatFull, formatTime, fullName } from "./format.js";
import { icon } from "./icons.js";
import { currentMessages, state } from "./state.js";

/** Consecutive messages of one side within this many seconds stand together. */
const GROUP_S = 120;

/**
 * @typedef {{send(text: string): void, press(message: any, data: string): void}} Actions
 */

/** How the delivery of one's own message stands. */
export function delivery(message) {
  if (message.update_id === null)
    return { icon: "block", text: "not sent: the bot takes no messages", kind: "failed" };
  const entry = state.updates.get(message.update_id);
  if (entry === undefined) return undefined;
  const failures = entry.attempts.filter((a) => !isOk(a.status)).length;
  const retries = failures === 0 ? "" : `, ${failures} failed`;
  if (entry.acknowledged !== undefined) {
    return {
      icon: "check",
      text: formatDuration(entry.acknowledged - entry.created) + retries,
      kind: "delivered",
    };
  }
  if (entry.dropped !== undefined) return { icon: "warn", text: entry.dropped, kind: "failed" };
  if (failures > 0) return { icon: "warn", text: `failed ${failures}×, trying again`, kind: "failed" };
  return { icon: "clock", text: "queued", kind: "queued" };
}

/** @param {number | string} status */
export const isOk = (status) => typeof status === "number" && status >= 200 && status < 300;

/** @param {any} message */
function meta(message) {
  const stand = message.from === "person" ? delivery(message) : undefined;
  return el(
    "span",
    { class: "meta" },
    message.edited ? el("span", {}, "edited") : null,
    el(
      "time",
      { title: formatFull(message.date), dateTime: new Date(message.date * 1000).toISOString() },
      formatTime(message.date),
    ),
    stand
      ? el("span", { class: `delivery ${stand.kind}` }, icon(stand.icon), el("span", {}, stand.text))
      : null,
  );
}

/**
 * @param {any} message
 * @param {Actions} actions
 */
function inlineKeyboard(message, actions) {
  const rows = message.keyboard?.inline_keyboard;
  if (!rows) return null;
  return el(
    "div",
    { class: "inline-keyboard", role: "group", "aria-label": "Buttons of the message" },
    ...rows.map((row) =>
      el("div", { class: "inline-row" }, ...row.map((button) => inlineButton(message, button, actions))),
    ),
  );
}

/**
 * @param {any} message
 * @param {any} button
 * @param {Actions} actions
 */
function inlineButton(message, button, actions) {
  if (typeof button.callback_data === "string") {
    const waiting = [...state.pressed.values()].includes(`${message.message_id}:${button.callback_data}`);
    return el(
      "button",
      {
        type: "button",
        class: `inline-button${waiting ? " waiting" : ""}`,
        "aria-busy": waiting ? "true" : undefined,
        "data-key": `${message.message_id}:${button.callback_data}`,
        on: { click: () => actions.press(message, button.callback_data) },
      },
      button.text,
      waiting ? icon("loading") : null,
    );
  }
  if (typeof button.url === "string") {
    const href = /^(https?|tg):/i.test(button.url) ? button.url : `http://${button.url}`;
    return el(
      "a",
      { class: "inline-button", href, target: "_blank", rel: "noopener noreferrer" },
      button.text,
      icon("link"),
    );
  }
  return el(
    "button",
    {
      type: "button",
      class: "inline-button",
      disabled: true,
      title: "The simulator does not know this kind of button",
    },
    button.text,
  );
}

/**
 * @param {any} message
 * @param {any} previous
 * @param {Actions} actions
 */
function item(message, previous, actions) {
  const day = formatDay(message.date);
  const newDay = previous === undefined || formatDay(previous.date) !== day;
  const grouped = !newDay && previous.from === message.from && message.date - previous.date < GROUP_S;
  const own = message.from === "person";
  const body = message.deleted
    ? el("div", { class: "bubble deleted" }, "Message deleted")
    : el(
        "div",
        { class: "bubble" },
        el("span", { class: "hidden" }, own ? "You: " : "Bot: "),
        el("div", { class: "text" }, ...renderText(message.text, message.entities, actions.send)),
        meta(message),
      );
  return el(
    "li",
    {
      class: `message ${own ? "own" : "theirs"}${grouped ? " grouped" : ""}`,
      "data-message": message.message_id,
    },
    newDay ? el("div", { class: "day" }, el("span", {}, day)) : null,
    body,
    message.deleted ? null : inlineKeyboard(message, actions),
  );
}

let drawnFor;
let drawnNewest = 0;

const atBottom = (scroller) => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;

export function scrollToBottom() {
  const scroller = $("scroller");
  scroller.scrollTop = scroller.scrollHeight;
}

/**
 * Draws the whole chat.
 * @param {Actions} actions
 */
export function drawChat(actions) {
  const scroller = $("scroller");
  const stick = drawnFor !== state.selected || atBottom(scroller);
  const messages = currentMessages();
  $("messages").replaceChildren(...messages.map((m, i) => item(m, messages[i - 1], actions)));
  drawnFor = state.selected;
  drawnNewest = messages.at(-1)?.message_id ?? 0;
  if (stick) scrollToBottom();
  drawEmpty(messages);
}

/**
 * Draws what changed: replaces the messages in place, or adds them at the end.
 * @param {any[]} changed
 * @param {Actions} actions
 */
export function drawMessages(changed, actions) {
  const scroller = $("scroller");
  const stick = atBottom(scroller) || changed.some((m) => m.from === "person" && m.message_id > drawnNewest);
  const messages = currentMessages();
  for (const message of changed) {
    const index = messages.findIndex((m) => m.message_id === message.message_id);
    const node = item(message, messages[index - 1], actions);
    const old = $("messages").querySelector(`[data-message="${message.message_id}"]`);
    if (old !== null) {
      const focused = old.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
      old.replaceWith(node);
      if (focused) [...node.querySelectorAll("[data-key]")].find((b) => b.dataset.key === focused)?.focus();
    } else if (message.message_id > drawnNewest) {
      node.classList.add("fresh");
      $("messages").append(node);
      drawnNewest = message.message_id;
    } else {
      drawChat(actions);
      return;
    }
  }
  if (stick) scrollToBottom();
  $("to-bottom").hidden = stick;
  drawEmpty(messages);
}

/** @param {any[]} messages */
function drawEmpty(messages) {
  const person = state.people.get(state.selected);
  const empty = $("empty");
  empty.hidden = messages.length > 0 || person === undefined;
  if (empty.hidden) return;
  empty.replaceChildren(
    el("span", { class: "avatar bot large", "aria-hidden": "true" }, icon("bot")),
    el("h3", {}, state.bot?.first_name ?? "The bot"),
    el("p", {}, `${fullName(person)} has not written to the bot yet.`),
    !state.bot?.webhook.url && el("p", {}, "No bot has set its webhook: what is written waits for one."),
  );
}

export function drawHeader() {
  const person = state.people.get(state.selected);
  $("bot-name").textContent = state.bot?.first_name ?? "Bot";
  const typing = (state.typing.get(state.selected) ?? 0) > Date.now();
  const status = $("chat-state");
  status.classList.toggle("typing", typing);
  status.textContent = typing
    ? "typing…"
    : person === undefined
      ? ""
      : person.blocked
        ? `blocked by ${fullName(person)}`
        : `with ${fullName(person)}`;
  const block = $("block");
  block.hidden = person === undefined || !person.started;
  const label = person?.blocked ? "Unblock the bot" : "Block the bot";
  block.replaceChildren(icon(person?.blocked ? "unblock" : "block"));
  block.setAttribute("aria-label", label);
  block.title = label;
  const url = state.bot?.webhook.url;
  $("bot-state").textContent = url ? `@${state.bot.username}` : "no bot is connected";
  $("bot-state").title = url ? `delivers to ${url}` : "updates wait until a bot sets its webhook";
  $("bot-state").classList.toggle("warning", !url);
}
