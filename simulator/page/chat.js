import { $, el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { messageItem } from "./message.js";
import { actor, chatById, chatName, currentGroup, currentMessages, isOwn, nameOf, state } from "./state.js";
import { t } from "./texts.js";

let drawnFor;
let drawnNewest = 0;

const atBottom = (scroller) => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;

export function scrollToBottom() {
  const scroller = $("scroller");
  scroller.scrollTop = scroller.scrollHeight;
}

/** Draws the whole chat. */
export function drawChat(actions) {
  const scroller = $("scroller");
  const stick = drawnFor !== state.selected || atBottom(scroller);
  const messages = currentMessages();
  $("messages").replaceChildren(...messages.map((m, i) => messageItem(m, messages[i - 1], actions)));
  drawnFor = state.selected;
  drawnNewest = messages.at(-1)?.message_id ?? 0;
  if (stick) scrollToBottom();
  drawEmpty(messages);
}

/**
 * Draws what changed: replaces the messages in place, or adds them at the end.
 * @param {any[]} changed
 */
export function drawMessages(changed, actions) {
  const scroller = $("scroller");
  const stick = atBottom(scroller) || changed.some((m) => isOwn(m) && m.message_id > drawnNewest);
  const messages = currentMessages();
  for (const message of changed) {
    const index = messages.findIndex((m) => m.message_id === message.message_id);
    const node = messageItem(message, messages[index - 1], actions);
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
    // A picture has its height as soon as it is there, but not the text beside it.
    node.querySelector("img")?.addEventListener("load", () => stick && scrollToBottom(), { once: true });
  }
  if (stick) scrollToBottom();
  $("to-bottom").hidden = stick;
  drawEmpty(messages);
}

/** @param {any[]} messages */
function drawEmpty(messages) {
  const chat = chatById(state.selected);
  const empty = $("empty");
  empty.hidden = messages.length > 0 || chat === undefined;
  if (empty.hidden) return;
  const group = currentGroup();
  fill(
    empty,
    el("span", { class: "avatar bot large", "aria-hidden": "true" }, icon(group ? "group" : "bot")),
    el("h3", {}, group?.title ?? state.bot?.first_name ?? t("bot")),
    el("p", {}, group ? t("group_empty") : t("nothing_written", { name: chatName(chat) })),
    isConnected() ? null : el("p", {}, t("no_webhook")),
  );
}

/** @param {any} chat */
function standing(chat) {
  if (chat === undefined) return "";
  if (chat.title !== undefined) return chat.members.map(({ id }) => nameOf(id)).join(", ");
  return t(chat.blocked ? "blocked_by" : "with", { name: chatName(chat) });
}

export function drawHeader() {
  const chat = chatById(state.selected);
  const group = currentGroup();
  const person = state.people.get(state.selected);
  $("bot-name").textContent = group?.title ?? state.bot?.first_name ?? t("bot");
  $("bot-avatar").replaceChildren(icon(group ? "group" : "bot"));
  const doing = state.typing.get(state.selected);
  const busy = (doing?.until ?? 0) > Date.now();
  const status = $("chat-state");
  status.classList.toggle("typing", busy);
  status.textContent = busy ? t(doing.action === "typing" ? "typing" : "sends_file") : standing(chat);

  const block = $("block");
  block.hidden = person === undefined || !person.started;
  const label = t(person?.blocked ? "unblock_bot" : "block_bot");
  block.replaceChildren(icon(person?.blocked ? "unblock" : "block"));
  block.setAttribute("aria-label", label);
  block.title = label;

  $("group-info").hidden = group === undefined;
  const writer = $("writer");
  writer.hidden = group === undefined || group.members.length < 2;
  writer.replaceChildren(
    ...(group?.members ?? []).map(({ id }) =>
      el("option", { value: String(id), selected: id === actor()?.id }, nameOf(id)),
    ),
  );

  const url = state.bot?.webhook.url;
  $("bot-state").textContent = isConnected() ? `@${state.bot.username}` : t("no_bot");
  $("bot-state").title = url ? t("delivers_to", { url }) : t(isConnected() ? "polls" : "waits_for_bot");
  $("bot-state").classList.toggle("warning", !isConnected());
}

/** Whether a bot gets the updates. */
const isConnected = () => Boolean(state.bot?.webhook.url || state.bot?.webhook.polling);
