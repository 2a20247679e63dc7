import { t } from "./texts.js";

const BASE = "/simulator/api/";

/**
 * Calls the control API; throws an Error with its sentence.
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 */
export const request = (method, path, body) =>
  call(path, {
    method,
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });

/**
 * Sends a form with files; throws an Error with the simulator's sentence.
 * @param {string} path
 * @param {FormData} form
 */
export const sendForm = (path, form) => call(path, { method: "POST", body: form });

async function call(path, init) {
  let response;
  try {
    response = await fetch(BASE + path, init);
  } catch {
    throw new Error(t("not_answering"));
  }
  const failure = t("answered", { status: response.status });
  const answer = await response.json().catch(() => ({ error: failure }));
  if (!response.ok) throw new Error(answer.error ?? failure);
  return answer;
}

const eventTypes = [
  "person",
  "group",
  "message",
  "update",
  "attempt",
  "acknowledged",
  "dropped",
  "call",
  "reply",
  "answer",
  "action",
  "commands",
  "webhook",
  "faults",
  "fault",
  "reset",
];

/**
 * Listens to everything that happens, and connects again for ever.
 * @param {{hello(run: string): void, lost(): void, event(type: string, data: any): void}} listener
 */
export function listen(listener) {
  let delay = 300;
  const connect = () => {
    const source = new EventSource(`${BASE}events`);
    source.addEventListener("hello", (event) => {
      delay = 300;
      listener.hello(JSON.parse(event.data).run);
    });
    for (const type of eventTypes) {
      source.addEventListener(type, (event) => listener.event(type, JSON.parse(event.data)));
    }
    // EventSource gives up on some errors, so we do the waiting ourselves.
    source.addEventListener("error", () => {
      source.close();
      listener.lost();
      setTimeout(connect, delay);
      delay = Math.min(delay * 2, 3000);
    });
  };
  connect();
}
