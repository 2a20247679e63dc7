import { actions, noteAnswer } from "./actions.js";
import { listen, request } from "./api.js";
import { drawChat, drawHeader, drawMessages, scrollToBottom } from "./chat.js";
import { closeCommands, drawComposer, endAbout, setUpComposer, takeReply } from "./composer.js";
import { $ } from "./dom.js";
import { noteFaults, setUpFaults } from "./faults.js";
import { drawGroupInfo, setUpGroups } from "./groups.js";
import { placeIcons } from "./icons.js";
import { closeInline } from "./inline.js";
import { drawLog } from "./log.js";
import { setUpPay } from "./pay.js";
import { setUpPersonDialog } from "./person-dialog.js";
import { drawPeople } from "./people.js";
import {
  actAs,
  actor,
  chatById,
  isUnread,
  markRead,
  noteCall,
  noteMessages,
  noteUpdate,
  state,
} from "./state.js";
import { language, placeTexts, setLanguage, t } from "./texts.js";
import { report, toast } from "./toast.js";
import { setUpUpload } from "./upload.js";

/** Telegram's clients show "typing" for so long. */
const TYPING_MS = 5000;

let run;

/* Drawing: many events may come at once, so parts are drawn at most once a frame. */
const dirty = new Set();
const parts = {
  people: () => drawPeople(open),
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

/** @param {number} id */
async function select(id) {
  state.selected = id;
  history.replaceState(null, "", `#${id}`);
  closeCommands();
  closeInline();
  endAbout();
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
  const { messages } = await request("GET", `${id < 0 ? "groups" : "people"}/${id}/messages`);
  noteMessages(id, messages);
  if (id === state.selected) redraw("chat", "composer");
}

async function loadCommands() {
  const id = state.selected;
  const person = actor();
  if (person === undefined) return;
  const commands = await request("GET", `people/${person.id}/commands`);
  if (id !== state.selected) return;
  state.commands = commands;
  redraw("composer");
}

/** Reads everything anew. */
async function load() {
  const [bot, people, groups, faults, updates] = await Promise.all([
    request("GET", "bot"),
    request("GET", "people"),
    request("GET", "groups"),
    request("GET", "faults"),
    request("GET", "updates?limit=200"),
  ]);
  state.bot = bot;
  state.people = new Map(people.map((person) => [person.id, person]));
  state.groups = new Map(groups.map((group) => [group.id, group]));
  noteFaults(faults);
  state.chats.clear();
  state.pressed.clear();
  state.updates.clear();
  for (const entry of updates) noteUpdate(entry);
  state.unread = new Set([...people, ...groups].filter(isUnread).map(({ id }) => id));
  const wanted = [state.selected, Number(location.hash.slice(1))].find((id) => chatById(id) !== undefined);
  await select(wanted ?? people[0]?.id);
}

/** @param {any} data */
function onMessage({ chat_id: id, message }) {
  const chat = chatById(id);
  if (chat === undefined) return;
  if (message.from === "bot") state.typing.delete(id);
  else if (chat.title === undefined) chat.started = true;
  const isNew = message.message_id > (chat.last_message?.message_id ?? 0);
  if (isNew || message.message_id === chat.last_message?.message_id) {
    const { message_id, from, sender, text, date, content } = message;
    const [kind] = Object.keys(content ?? {});
    chat.last_message = {
      message_id,
      from,
      sender,
      date,
      text: message.deleted ? t("deleted") : text,
      content: kind,
    };
  }
  if (id === state.selected && document.visibilityState === "visible") markRead(id);
  else if (isNew && message.from === "bot") state.unread.add(id);
  if (state.chats.has(id)) {
    const news = noteMessages(id, [message]);
    if (id === state.selected) drawMessages(news, actions);
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
  group(group) {
    state.groups.set(group.id, { ...state.groups.get(group.id), ...group });
    if (group.id === state.selected) drawGroupInfo();
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
    if (/^answer.*Query$/.test(call.method) && call.status === 200) return;
    noteCall(call);
    redraw("log");
  },
  answer({ callback_query_id: id, text, show_alert: alert, url, chat_id: chat }) {
    if (!noteAnswer(id) || chat !== state.selected) return;
    if (alert && text !== "") {
      $("alert-text").textContent = text;
      $("alert").showModal();
    } else if (text !== "") {
      toast(text);
    }
    if (url !== "") toast(t("bot_opens", { url }));
  },
  action({ chat_id: chat, action }) {
    state.typing.set(chat, { until: Date.now() + TYPING_MS, action });
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
  faults: noteFaults,
  fault({ kind, at, method }) {
    noteCall({ method: t("fault_happened", { kind }), at, status: method ?? "" });
    redraw("log");
  },
  reset() {
    load().catch(report);
  },
};

/** @param {number} id */
function open(id) {
  show("chat");
  return select(id);
}

function setUp() {
  placeTexts();
  placeIcons();
  setUpComposer(actions);
  setUpUpload(takeReply);
  setUpPay();
  setUpPersonDialog(open);
  setUpGroups(open);
  setUpFaults();
  $("add-group").addEventListener("click", () => $("add-menu").hidePopover());
  $("language").value = language;
  $("language").addEventListener("change", ({ target }) => setLanguage(target.value));
  $("writer").addEventListener("change", ({ target }) => {
    actAs(Number(target.value));
    endAbout();
    redraw("chat", "composer");
    loadCommands().catch(report);
  });
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
    for (const id of [...state.unread]) if (!isUnread(chatById(id))) state.unread.delete(id);
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
        if (restarted) toast(t("restarted"));
      },
      (error) => banner(error.message),
    );
  },
  lost() {
    document.body.dataset.connected = "false";
    banner(t("connection_lost"));
  },
  event(type, data) {
    handlers[type]?.(data);
  },
});
