import type { IncomingMessage, ServerResponse } from "node:http";
import type { World } from "../world.ts";

/** A listener that is so far behind is cut off; it connects again and reads the state anew. */
const LARGEST_BACKLOG = 1_048_576;
const HEARTBEAT_MS = 15_000;

/** Server-sent events of everything that happens. The first is "hello", with an id of this run. */
export function streamEvents(
  world: World,
  run: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  response.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
  const write = (type: string, data: object): void => {
    if (response.writableLength > LARGEST_BACKLOG) response.destroy();
    else response.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  write("hello", { run });
  const unsubscribe = world.events.subscribe(({ type, data }) => write(type, data));
  // So that both sides notice a connection that died silently.
  const heartbeat = setInterval(() => response.write(": alive\n\n"), HEARTBEAT_MS);
  heartbeat.unref();
  request.on("close", () => {
    clearInterval(heartbeat);
    unsubscribe();
  });
  response.on("close", () => {
    clearInterval(heartbeat);
    unsubscribe();
  });
}
