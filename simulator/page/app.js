import { listen, request } from "./api.js";
import { drawChat, drawHeader, drawMessages, scrollToBottom } from "./chat.js";
import { closeCommands, drawComposer, setUpComposer } from "./composer.js";
import { $, el } from "./dom.js";
import { icon, placeIcons } from "./icons.js";
import { drawLog } from "./log.js";
import { drawPeople } from "./people.js";
import { isUnread, markRead, noteCall, noteMessages, noteUpdate, state } from "./state.js";

/** Telegram's clients show "typing" for so long. */
const TYPING_MS = 5000;
/** A button stops waiting for its answer after this. */
const PRESS_MS = 15_000;
const TOAST_MS = 4000;

let run;

/* Drawing: many events may come at once, so parts are drawn at most once a frame. */
const dirty = new Set();
const parts = {
  people: () =>
    drawPeople((id) => {
      show("chat");
      select(id);
    }),
  chat: () => drawChat(actions),
  header: drawHeader,
  composer: drawComposer,
  log: drawLog,
};

/** @param {...keyof typeof parts} names */
function redraw(...names) {
  if (dirty.size === 0) {
    requestAnimationFrame(() => {
      const now = [...dirty];
      dirty.clear();
      for (const name of now) parts[name]();
    });
  }
  for (const name of names) dirty.add(name);
}

/** @param {string} view "people", "chat" or "log"; matters on narrow screens only */
function show(view) {
  document.body.dataset.view = view;
}

/**
 * @param {string} text
 * @param {"info" | "error"} [kind]
 */
function toast(text, kind = "info") {
  const node = el(
    "div",
    { class: `toast ${kind}` },
    kind === "error" ? icon("warn") : null,
    el("span", {}, text),
  );
  $("toasts").append(node);
  setTimeout(() => node.remove(), TOAST_MS);
}

const report = (error) => toast(error.message, "error");

const actions = {
  /** Answers whether it was sent. */
  async send(text) {
    try {
      await request("POST", `people/${state.selected}/messages`, { text });
      return true;
    } catch (error) {
      report(error);
      return false;
    }
  },
  async press(message, data) {
    const key = `${message.message_id}:${data}`;
    if ([...state.pressed.values()].includes(key)) return;
    const person = state.selected;
    const pending = `pending:${key}`;
    state.pressed.set(pending, key);
    drawMessages([message], actions);
    try {
      const { callback_query_id: id } = await request("POST", `people/${person}/press`, {
        message_id: message.message_id,
        data,
      });
      // The answer may have come before this one.
      if (state.pressed.delete(pending) && !answered.delete(id)) {
        state.pressed.set(id, key);
        setTimeout(() => release(id), PRESS_MS);
      }
      redrawMessage(person, message.message_id);
    } catch (error) {
      release(pending);
      report(error);
    }
  },
  async start() {
    const person = state.people.get(state.selected);
    try {
      if (person.blocked) await request("POST", `people/${person.id}/block`, { blocked: false });
      else await actions.send("/start");
      $("text").focus();
    } catch (error) {
      report(error);
    }
  },
};

/** Answers that came before the press itself was confirmed. */
const answered = new Set();

/** @param {number} person @param {number} id */
function redrawMessage(person, id) {
  const message = state.chats.get(person)?.get(id);
  if (message !== undefined && person === state.selected) drawMessages([message], actions);
}

/** @param {string} queryId */
function release(queryId) {
  const key = state.pressed.get(queryId);
  if (key === undefined) return;
  state.pressed.delete(queryId);
  redrawMessage(state.selected, Number(key.split(":")[0]));
}

/** @param {number} id */
async function select(id) {
  state.selected = id;
  history.replaceState(null, "", `#${id}`);
  closeCommands();
  markRead(id);
  redraw("people", "chat", "header", "composer", "log");
  try {
    await Promise.all([loadMessages(id), loadCommands()]);
  } catch (error) {
    report(error);
  }
}

/** @param {number} id */
async function loadMessages(id) {
  const { messages } = await request("GET", `people/${id}/messages`);
  noteMessages(id, messages);
  if (id === state.selected) redraw("chat", "composer");
}

async function loadCommands() {
  const id = state.selected;
  if (id === undefined) return;
  const commands = await request("GET", `people/${id}/commands`);
  if (id !== state.selected) return;
  state.commands = commands;
  redraw("composer");
}

/** Reads everything anew. */
async function load() {
  const [bot, people, updates] = await Promise.all([
    request("GET", "bot"),
    request("GET", "people"),
    request("GET", "updates?limit=200"),
  ]);
  state.bot = bot;
  state.people = new Map(people.map((person) => [person.id, person]));
  state.chats.clear();
  state.pressed.clear();
  state.updates.clear();
  for (const entry of updates) noteUpdate(entry);
  state.unread = new Set(people.filter(isUnread).map((person) => person.id));
  const wanted = [state.selected, Number(location.hash.slice(1))].find((id) => state.people.has(id));
  await select(wanted ?? people[0]?.id);
}

/** @param {any} data */
function onMessage({ chat_id: chat, message }) {
  const person = state.people.get(chat);
  if (person === undefined) return;
  if (message.from === "bot") state.typing.delete(chat);
  else person.started = true;
  const isNew = message.message_id > (person.last_message?.message_id ?? 0);
  if (isNew || message.message_id === person.last_message?.message_id) {
    const { message_id, from, text, date } = message;
    person.last_message = { message_id, from, date, text: message.deleted ? "Message deleted" : text };
  }
  if (chat === state.selected && document.visibilityState === "visible") markRead(chat);
  else if (isNew && message.from === "bot") state.unread.add(chat);
  if (state.chats.has(chat)) {
    const news = noteMessages(chat, [message]);
    if (chat === state.selected) drawMessages(news, actions);
  }
  redraw("people", "header", "composer");
}

/** Redraws the message that an update told the bot about, and the log. */
function redrawDelivery(updateId) {
  const entry = state.updates.get(updateId);
  redraw("log");
  if (entry?.chat_id !== state.selected) return;
  const message = [...(state.chats.get(entry.chat_id)?.values() ?? [])].findLast(
    (m) => m.update_id === updateId,
  );
  if (message !== undefined) drawMessages([message], actions);
}

const handlers = {
  person(person) {
    state.people.set(person.id, { ...state.people.get(person.id), ...person });
    redraw("people", "header", "composer");
  },
  message: onMessage,
  update(entry) {
    noteUpdate(entry);
    redrawDelivery(entry.update_id);
  },
  attempt({ update_id: id, ...attempt }) {
    state.updates.get(id)?.attempts.push(attempt);
    redrawDelivery(id);
  },
  acknowledged({ update_id: id, at }) {
    const entry = state.updates.get(id);
    if (entry !== undefined) entry.acknowledged = at;
    redrawDelivery(id);
  },
  dropped({ update_id: id, reason }) {
    const entry = state.updates.get(id);
    if (entry !== undefined) entry.dropped = reason;
    redrawDelivery(id);
  },
  reply({ update_id: id, reply }) {
    state.updates.get(id)?.replies.push(reply);
    redraw("log");
  },
  call(call) {
    // The others stand with the update that they answer.
    if (call.status === 200 && call.chat_id !== undefined) return;
    if (call.method === "answerCallbackQuery" && call.status === 200) return;
    noteCall(call);
    redraw("log");
  },
  answer({ callback_query_id: id, text, show_alert: alert, url, chat_id: chat }) {
    const mine = state.pressed.has(id) || [...state.pressed.keys()].some((key) => key.startsWith("pending:"));
    if (!mine) return;
    if (state.pressed.has(id)) release(id);
    else answered.add(id);
    if (chat !== state.selected) return;
    if (alert && text !== "") {
      $("alert-text").textContent = text;
      $("alert").showModal();
    } else if (text !== "") {
      toast(text);
    }
    if (url !== "") toast(`The bot opens ${url}`);
  },
  action({ chat_id: chat, action }) {
    if (action !== "typing") return;
    state.typing.set(chat, Date.now() + TYPING_MS);
    setTimeout(() => redraw("header"), TYPING_MS + 50);
    redraw("header");
  },
  commands() {
    loadCommands().catch(report);
  },
  webhook(webhook) {
    state.bot.webhook = webhook;
    redraw("header", "log", "chat");
  },
  reset() {
    load().catch(report);
  },
};

function setUpPersonDialog() {
  const dialog = $("person-dialog");
  const form = $("person-form");
  $("add-person").addEventListener("click", () => {
    form.reset();
    $("person-error").hidden = true;
    dialog.showModal();
  });
  $("person-cancel").addEventListener("click", () => dialog.close());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = [...new FormData(form)].map(([name, value]) => [name, value.trim()]);
    try {
      const person = await request(
        "POST",
        "people",
        Object.fromEntries(given.filter(([, value]) => value !== "")),
      );
      state.people.set(person.id, person);
      dialog.close();
      show("chat");
      await select(person.id);
    } catch (error) {
      $("person-error").textContent = error.message;
      $("person-error").hidden = false;
    }
  });
}

function setUp() {
  placeIcons();
  setUpComposer(actions);
  setUpPersonDialog();
  $("to-people").addEventListener("click", () => show("people"));
  $("to-log").addEventListener("click", () => show("log"));
  $("log-to-chat").addEventListener("click", () => show("chat"));
  $("all-chats").addEventListener("change", drawLog);
  $("to-bottom").addEventListener("click", () => {
    scrollToBottom();
    $("to-bottom").hidden = true;
  });
  $("scroller").addEventListener("scroll", ({ target }) => {
    if (target.scrollHeight - target.scrollTop - target.clientHeight < 80) $("to-bottom").hidden = true;
  });
  $("block").addEventListener("click", () => {
    const person = state.people.get(state.selected);
    request("POST", `people/${person.id}/block`, { blocked: !person.blocked }).catch(report);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && state.selected !== undefined) markRead(state.selected);
    redraw("people");
  });
  // Another window has read something.
  window.addEventListener("storage", () => {
    for (const id of [...state.unread]) if (!isUnread(state.people.get(id))) state.unread.delete(id);
    redraw("people");
  });
}

/** @param {string} text empty hides the banner */
function banner(text) {
  $("banner").hidden = text === "";
  $("banner").textContent = text;
}

setUp();
listen({
  hello(current) {
    const restarted = run !== undefined && run !== current;
    run = current;
    load().then(
      () => {
        banner("");
        document.body.dataset.connected = "true";
        if (restarted) toast("The simulator has restarted, and begins anew");
      },
      (error) => banner(error.message),
    );
  },
  lost() {
    document.body.dataset.connected = "false";
    banner("The connection to the simulator is lost. Trying again…");
  },
  event(type, data) {
    handlers[type]?.(data);
  },
});
