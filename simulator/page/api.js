const BASE = "/simulator/api/";

/**
 * Calls the control API; throws an Error with its sentence.
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 */
export async function request(method, path, body) {
  let response;
  try {
    response = await fetch(BASE + path, {
      method,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Error("The simulator does not answer. Is it running?");
  }
  const answer = await response.json().catch(() => ({ error: `the simulator answered ${response.status}` }));
  if (!response.ok) throw new Error(answer.error ?? `the simulator answered ${response.status}`);
  return answer;
}

const eventTypes = [
  "person",
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
