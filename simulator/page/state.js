import { fullName } from "./format.js";
import { t } from "./texts.js";

/**
 * What the page knows. Everything here comes from the simulator, and is read anew after each reconnect.
 * @type {{
 *   bot: {id: number, first_name: string, username: string, webhook: {url: string, polling: boolean, last_error?: string}} | undefined,
 *   people: Map<number, any>,
 *   groups: Map<number, any>,
 *   selected: number | undefined,
 *   chats: Map<number, Map<number, any>>,
 *   unread: Set<number>,
 *   updates: Map<number, any>,
 *   calls: any[],
 *   commands: {command: string, description: string}[],
 *   typing: Map<number, {until: number, action: string}>,
 *   pressed: Map<string, string>,
 * }}
 */
export const state = {
  bot: undefined,
  people: new Map(),
  groups: new Map(),
  /** A private chat, which has the id of its person, or a group. */
  selected: undefined,
  /** Messages by chat and id; only of the chats that were looked at. */
  chats: new Map(),
  unread: new Set(),
  updates: new Map(),
  /** Calls that belong to no update: settings of the bot, and errors. */
  calls: [],
  commands: [],
  /** Until when (milliseconds since the epoch) the bot does something, by chat. */
  typing: new Map(),
  /** Pressed buttons that are not answered yet: callback query id -> "message id:data". */
  pressed: new Map(),
};

const MOST_UPDATES = 300;
/** Who writes in a group, by its id. */
const writers = new Map();

/** @param {any} entry */
export function noteUpdate(entry) {
  state.updates.set(entry.update_id, entry);
  if (state.updates.size > MOST_UPDATES) state.updates.delete(state.updates.keys().next().value);
}

/** @param {any} call */
export function noteCall(call) {
  state.calls.push(call);
  if (state.calls.length > MOST_UPDATES) state.calls.shift();
}

/**
 * Stores messages, unless newer ones are known already.
 * @param {number} id of the chat
 * @param {any[]} messages
 * @returns {any[]} those that were news
 */
export function noteMessages(id, messages) {
  const chat = state.chats.get(id) ?? new Map();
  state.chats.set(id, chat);
  const news = messages.filter((m) => !(chat.get(m.message_id)?.rev >= m.rev));
  for (const message of news) chat.set(message.message_id, message);
  return news;
}

/** The selected chat's messages, oldest first. */
export function currentMessages() {
  const chat = state.chats.get(state.selected);
  return chat === undefined ? [] : [...chat.values()].sort((a, b) => a.message_id - b.message_id);
}

/** @param {number | undefined} id */
export const chatById = (id) => state.people.get(id) ?? state.groups.get(id);
export const currentGroup = () => state.groups.get(state.selected);

/** @param {any} chat */
export const chatName = (chat) => chat.title ?? fullName(chat);

/** The person who acts in the selected chat, undefined in an empty group. */
export function actor() {
  const group = currentGroup();
  if (group === undefined) return state.people.get(state.selected);
  const chosen = group.members.find(({ id }) => id === writers.get(group.id)) ?? group.members[0];
  return state.people.get(chosen?.id);
}

/** @param {number} person */
export const actAs = (person) => writers.set(state.selected, person);

/** What a call needs to happen in the selected chat. */
export const place = () => (currentGroup() === undefined ? {} : { chat_id: state.selected });

/** @param {any} message */
export const isOwn = (message) => message.from === "person" && message.sender === actor()?.id;

/** @param {number} user */
export function nameOf(user) {
  if (user === state.bot?.id) return state.bot.first_name;
  const person = state.people.get(user);
  return person === undefined ? "?" : fullName(person);
}

/** A message in one line. */
export const inShort = ({ text, content }) => {
  const kind = typeof content === "string" ? content : Object.keys(content ?? {})[0];
  return text || (kind === undefined ? "" : t(kind));
};

/*
 * Which messages were read is kept in the browser, so that the windows agree. Message ids grow over
 * restarts too.
 */
const readKey = (id) => `read:${id}`;

/** @param {any} chat as the simulator shows it */
export const isUnread = (chat) =>
  chat.last_message?.from === "bot" &&
  chat.last_message.message_id > Number(localStorage.getItem(readKey(chat.id)) ?? 0);

/** @param {number} id of the chat */
export function markRead(id) {
  const last = chatById(id)?.last_message;
  if (last) localStorage.setItem(readKey(id), String(last.message_id));
  state.unread.delete(id);
}
