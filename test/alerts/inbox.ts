import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { notification, type AlertState } from "../../app/alerts/notification.ts";

export interface Received extends AlertState {
  /** By which way it came: alerts, or the sign of life. */
  readonly path: string;
  /** Milliseconds of `performance.now()`. */
  readonly at: number;
}

/** The end of the whole way: a webhook and a dead man's switch. */
export interface Inbox {
  readonly url: string;
  /** The first alert of that name and status after a moment, if it has come. */
  find(name: string, status: AlertState["status"], after: number): Received | undefined;
  /** Names of what came with that severity after a moment. */
  names(severity: string, after: number): string[];
  close(): void;
}

export async function startInbox(): Promise<Inbox> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { alerts } = notification.parse(JSON.parse(Buffer.concat(chunks).toString()));
      const at = performance.now();
      for (const alert of alerts) received.push({ ...alert, path: request.url ?? "", at });
      response.end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    find: (name, status, after) =>
      received.find((one) => one.labels["alertname"] === name && one.status === status && one.at >= after),
    names: (severity, after) => [
      ...new Set(
        received
          .filter((one) => one.labels["severity"] === severity && one.at >= after)
          .map(({ labels }) => labels["alertname"] ?? ""),
      ),
    ],
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
