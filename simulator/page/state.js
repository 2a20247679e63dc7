/**
 * What the page knows. Everything here comes from the simulator, and is read anew after each reconnect.
 * @type {{
 *   bot: {first_name: string, username: string, webhook: {url: string, last_error?: string}} | undefined,
 *   people: Map<number, any>,
 *   selected: number | undefined,
 *   chats: Map<number, Map<number, any>>,
 *   unread: Set<number>,
 *   updates: Map<number, any>,
 *   calls: any[],
 *   commands: {command: string, description: string}[],
 *   typing: Map<number, number>,
 *   pressed: Map<string, string>,
 * }}
 */
export const state = {
  bot: undefined,
  people: new Map(),
  selected: undefined,
  /** Messages by person and id; only of the people that were looked at. */
  chats: new Map(),
  unread: new Set(),
  updates: new Map(),
  /** Calls that belong to no update: settings of the bot, and errors. */
  calls: [],
  commands: [],
  /** Until when (milliseconds since the epoch) the bot is typing, by person. */
  typing: new Map(),
  /** Pressed buttons that are not answered yet: callback query id -> "message id:data". */
  pressed: new Map(),
};

const MOST_UPDATES = 300;

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
 * @param {number} person
 * @param {any[]} messages
 * @returns {any[]} those that were news
 */
export function noteMessages(person, messages) {
  const chat = state.chats.get(person) ?? new Map();
  state.chats.set(person, chat);
  const news = messages.filter((m) => !(chat.get(m.message_id)?.rev >= m.rev));
  for (const message of news) chat.set(message.message_id, message);
  return news;
}

/** The selected person's messages, oldest first. */
export function currentMessages() {
  const chat = state.chats.get(state.selected);
  return chat === undefined ? [] : [...chat.values()].sort((a, b) => a.message_id - b.message_id);
}

/*
 * Which messages were read is kept in the browser, so that the windows agree. Message ids grow over
 * restarts too.
 */
const readKey = (person) => `read:${person}`;

/** @param {any} person as the simulator shows it */
export const isUnread = (person) =>
  person.last_message?.from === "bot" &&
  person.last_message.message_id > Number(localStorage.getItem(readKey(person.id)) ?? 0);

/** @param {number} id */
export function markRead(id) {
  const last = state.people.get(id)?.last_message;
  if (last) localStorage.setItem(readKey(id), String(last.message_id));
  state.unread.delete(id);
}
