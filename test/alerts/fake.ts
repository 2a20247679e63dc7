import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What a series shows: a value that stays, or one that grows by so much a second from now on, from 0 unless it says. */
export type Shown = number | { readonly perSecond: number; readonly from?: number };

/** An exporter whose series a recipe writes. */
export interface Fake {
  /** host:port */
  readonly address: string;
  /** Shows series, by names with labels: `redis_up{job="redis"}`. */
  show(series: Readonly<Record<string, Shown>>): void;
  hide(names: readonly string[]): void;
  close(): void;
}

export async function startFake(): Promise<Fake> {
  const lines = new Map<string, () => number>();
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/plain; version=0.0.4" });
    response.end([...lines].map(([name, value]) => `${name} ${value()}\n`).join(""));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    show(series) {
      const began = performance.now();
      for (const [name, shown] of Object.entries(series)) {
        const passed = (): number => (performance.now() - began) / 1000;
        lines.set(name, () =>
          typeof shown === "number" ? shown : (shown.from ?? 0) + Math.floor(shown.perSecond * passed()),
        );
      }
    },
    hide: (names) => names.forEach((name) => lines.delete(name)),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
