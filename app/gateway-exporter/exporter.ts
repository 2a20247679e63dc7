import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createCounts } from "./counts.ts";
import { exposition } from "./stub-status.ts";

/** Milliseconds for nginx to answer about itself; Prometheus waits for ten seconds. */
const PATIENCE = 3000;
/** Bytes of lines that wait to be read, as far as the system gives as many. */
const WAITING = 2 ** 20;

async function ask(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE) });
    const text = await response.text();
    return response.ok ? text : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Counts what nginx logs, one line in each datagram, and serves it to Prometheus together with what nginx says of itself
 * at `status`. Datagrams and requests come to the same number, over UDP and TCP. Rejects when one of both is taken.
 */
export async function startExporter(
  { host, port }: { readonly host: string; readonly port: number },
  status: string,
): Promise<Server> {
  const counts = createCounts();
  const socket = createSocket({ type: "udp4", recvBufferSize: WAITING });
  socket.on("message", (line) => counts.read(line.toString("latin1")));
  socket.bind(port, host);
  await once(socket, "listening");

  const metrics = async (): Promise<string> => {
    // In this order, so that the line about the question itself is never among them.
    const counted = await counts.registry.metrics();
    return exposition(await ask(status)) + counted;
  };
  const server = createServer((request, response) => {
    if (request.url === "/health") response.end("ok\n");
    else if (request.url === "/metrics")
      void metrics().then((text) =>
        response.setHeader("content-type", counts.registry.contentType).end(text),
      );
    else response.writeHead(404).end();
  });
  server.once("close", () => socket.close());
  server.listen(port, host);
  await once(server, "listening");
  return server;
}
