import { request } from "./api.js";
import { drawMessages } from "./chat.js";
import { beginAbout } from "./composer.js";
import { $ } from "./dom.js";
import { openMenu } from "./menu.js";
import { askToPay } from "./pay.js";
import { actor, place, state } from "./state.js";
import { report } from "./toast.js";

/** A button stops waiting for its answer after this. */
const PRESS_MS = 15_000;

/** Does it in the name of whoever acts in the chat; answers whether that worked. */
async function act(path, body) {
  try {
    await request("POST", `people/${actor().id}/${path}`, { ...body, ...place() });
    return true;
  } catch (error) {
    report(error);
    return false;
  }
}

/** What the person who acts in the selected chat can do there. */
export const actions = {
  /** Answers whether it was sent. */
  send: (text, reply = {}) => act("messages", { text, ...reply }),
  /** Answers whether it was changed. */
  change: (message, text) => act("edit", { message_id: message.message_id, text }),
  react: (message, emoji) => act("react", { message_id: message.message_id, emoji }),
  reply: (message) => beginAbout("reply", message),
  edit: (message) => beginAbout("edit", message),
  openMenu: (message, button) => openMenu(message, button, actions),
  pay: (message) => askToPay({ message_id: message.message_id }, message.content.invoice),
  payLink: (link) => askToPay({ link }),
  async press(message, data) {
    const key = `${message.message_id}:${data}`;
    if ([...state.pressed.values()].includes(key)) return;
    const chat = state.selected;
    const pending = `pending:${key}`;
    state.pressed.set(pending, key);
    drawMessages([message], actions);
    try {
      const { callback_query_id: id } = await request("POST", `people/${actor().id}/press`, {
        message_id: message.message_id,
        data,
        ...place(),
      });
      // The answer may have come before this one.
      if (state.pressed.delete(pending) && !answered.delete(id)) {
        state.pressed.set(id, key);
        setTimeout(() => release(id), PRESS_MS);
      }
      redrawMessage(chat, message.message_id);
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

/** @param {number} chat @param {number} id */
function redrawMessage(chat, id) {
  const message = state.chats.get(chat)?.get(id);
  if (message !== undefined && chat === state.selected) drawMessages([message], actions);
}

/**
 * The answer to a press has come.
 * @param {string} id of the callback query
 * @returns {boolean} whether this window has pressed, or may have
 */
export function noteAnswer(id) {
  if (state.pressed.has(id)) {
    release(id);
    return true;
  }
  const pressing = [...state.pressed.keys()].some((key) => key.startsWith("pending:"));
  if (pressing) answered.add(id);
  return pressing;
}

/** @param {string} queryId */
function release(queryId) {
  const key = state.pressed.get(queryId);
  if (key === undefined) return;
  state.pressed.delete(queryId);
  redrawMessage(state.selected, Number(key.split(":")[0]));
}
