import { $, el } from "./dom.js";
import { formatDuration, formatExact } from "./format.js";
import { isOk } from "./message.js";
import { chatById, chatName, state } from "./state.js";
import { languages, t } from "./texts.js";

const MOST_ROWS = 150;
/** Delivery times that fill the bar, in milliseconds. */
const FULL_BAR_MS = 1000;

/** @param {any} attempt */
function attemptRow(attempt) {
  const ok = isOk(attempt.status);
  const pace = attempt.ms < 100 ? "fast" : attempt.ms < 500 ? "medium" : "slow";
  const bar = el("span", { class: "bar-fill" });
  // A logarithm shows one millisecond and one second in the same bar.
  const share = Math.log10(1 + attempt.ms) / Math.log10(1 + FULL_BAR_MS);
  bar.style.setProperty("width", `${Math.min(100, Math.max(4, share * 100))}%`);
  return el(
    "div",
    { class: `attempt ${ok ? pace : "error"}` },
    el("span", { class: "status" }, String(attempt.status)),
    el("span", { class: "bar-track", "aria-hidden": "true" }, bar),
    el("span", { class: "ms" }, formatDuration(attempt.ms)),
  );
}

/** @param {any} entry */
function updateRow(entry) {
  const chat = chatById(entry.chat_id);
  const kind = `kind_${entry.type}`;
  const shown = entry.attempts.slice(-4);
  const hidden = entry.attempts.length - shown.length;
  const stand =
    entry.acknowledged !== undefined
      ? { text: formatDuration(entry.acknowledged - entry.created), kind: "done" }
      : entry.dropped !== undefined
        ? { text: t(entry.dropped), kind: "bad" }
        : entry.attempts.length > 0
          ? { text: t("retrying"), kind: "bad" }
          : { text: t("queued"), kind: "wait" };
  return el(
    "li",
    { class: "entry", "data-update": entry.update_id },
    el(
      "div",
      { class: "entry-head" },
      el("span", { class: `kind ${entry.type}` }, kind in languages.en ? t(kind) : entry.type),
      el("span", { class: "summary", title: entry.summary }, entry.summary),
      el("span", { class: `stand ${stand.kind}` }, stand.text),
    ),
    el(
      "div",
      { class: "sub entry-sub" },
      el("span", {}, formatExact(entry.created)),
      el("span", {}, `#${entry.update_id}`),
      chat && state.people.size > 1 ? el("span", {}, chatName(chat)) : null,
    ),
    hidden > 0 ? el("div", { class: "sub" }, t("earlier_attempts", { count: hidden })) : null,
    ...shown.map(attemptRow),
    ...entry.replies.map((reply) =>
      el(
        "div",
        { class: "reply" },
        el("span", {}, reply.method),
        el("span", { class: "ms" }, `+${formatDuration(reply.at - entry.created)}`),
      ),
    ),
  );
}

/** @param {any} call */
function callRow(call) {
  const description = call.body === undefined ? undefined : JSON.parse(call.body).description;
  return el(
    "li",
    { class: `entry call ${call.status === 200 ? "" : "bad"}` },
    el(
      "div",
      { class: "entry-head" },
      el("span", { class: "kind" }, t("call")),
      el("span", { class: "summary" }, call.method),
      el("span", { class: `stand ${call.status === 200 ? "done" : "bad"}` }, String(call.status)),
    ),
    el("div", { class: "sub entry-sub" }, el("span", {}, formatExact(call.at))),
    description ? el("div", { class: "call-error" }, description) : null,
  );
}

export function drawLog() {
  const all = $("all-chats").checked;
  const fits = (chat) => all || chat === undefined || chat === state.selected;
  const rows = [
    ...[...state.updates.values()]
      .filter((entry) => fits(entry.chat_id))
      .map((entry) => ({ at: entry.created, row: () => updateRow(entry) })),
    ...state.calls
      .filter((call) => fits(call.chat_id))
      .map((call) => ({ at: call.at, row: () => callRow(call) })),
  ]
    .sort((a, b) => b.at - a.at)
    .slice(0, MOST_ROWS);
  $("log").replaceChildren(
    ...(rows.length === 0
      ? [el("li", { class: "log-empty sub" }, t("log_empty"))]
      : rows.map(({ row }) => row())),
  );
  const waiting = [...state.updates.values()].filter(
    (e) => e.acknowledged === undefined && e.dropped === undefined,
  ).length;
  const error = state.bot?.webhook.last_error;
  $("log-state").textContent =
    waiting > 0 ? t("on_the_way", { count: waiting }) + (error ? `; ${error}` : "") : t("all_delivered");
  $("log-state").title = error ?? "";
}
