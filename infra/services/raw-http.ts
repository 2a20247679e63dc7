// Bytes to a gateway as no HTTP client would send them.
import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** The statuses of the answers that a text consists of, as far as they are whole. A body has the length that its head says. */
function answersIn(text: string): number[] {
  const found: number[] = [];
  for (let rest = text; ;) {
    const [whole = "", status, head = ""] =
      /^HTTP\/1\.1 (\d{3})[^\r]*\r\n((?:[^\r]+\r\n)*)\r\n/.exec(rest) ?? [];
    const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
    if (status === undefined || rest.length < whole.length + length) return found;
    found.push(Number(status));
    rest = rest.slice(whole.length + length);
  }
}

/** Opens a connection, which may be reset at any time. */
export async function open(gateway: string): Promise<Socket> {
  const { hostname, port } = new URL(gateway);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  socket.on("error", () => undefined);
  return socket;
}

export const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.once("close", () => resolve());
  });

/**
 * Sends bytes on a connection of their own, and ends it after so many answers, unless the gateway does before. Returns all
 * the answers that came, and everything as it came.
 */
export async function say(
  gateway: string,
  bytes: string | Buffer,
  expected: number,
): Promise<{ answers: number[]; text: string }> {
  const socket = await open(gateway);
  let text = "";
  socket.on("data", (part: Buffer) => {
    text += part.toString("latin1");
    if (answersIn(text).length >= expected) socket.end();
  });
  socket.write(bytes);
  await closed(socket);
  return { answers: answersIn(text), text };
}
