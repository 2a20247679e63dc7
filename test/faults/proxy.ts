import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** What goes wrong between a program and the server that it calls; nothing that is left out does. */
export interface Trouble {
  /** Milliseconds by which everything that the program sends is late. */
  readonly latencyMs?: number;
  /** What either side sends is held back until the trouble is over, and then goes on its way. */
  readonly paused?: true;
  /** What either side sends vanishes, for good: a connection that has lost something stays open, and dead. */
  readonly blackHole?: true;
  /** Connections are broken by a reset, new ones at once. */
  readonly refused?: true;
  /** A connection is broken by a reset after so many bytes of the server. */
  readonly cutAfter?: number;
}

/** Stands between a program and a server on the loopback, and makes trouble on demand. */
export interface Proxy {
  readonly port: number;
  /** Changes the trouble, `{}` for none. It also reaches connections that are open. */
  set(trouble: Trouble): void;
  /** Leads connections to another port from now on; open ones are broken. */
  target(port: number): void;
  /** Breaks the open connections by a reset. */
  reset(): void;
  /** Connections so far. */
  readonly connections: number;
  close(): void;
}

interface Pair {
  readonly sockets: readonly [program: Socket, server: Socket];
  /** Continues what was held back. */
  resume(): void;
}

export async function startProxy(to: number): Promise<Proxy> {
  let port = to;
  let trouble: Trouble = {};
  let connections = 0;
  const pairs = new Set<Pair>();

  const broken = ({ sockets }: Pair): void => sockets.forEach((socket) => socket.resetAndDestroy());

  /** Passes on what comes from one side; `fromServer` says which. */
  function pass(from: Socket, into: Socket, fromServer: boolean, pair: Pair): void {
    let bytes = 0;
    let dead = false;
    let free = 0;
    /** In order, though the latency may change meanwhile. */
    const later = (act: () => void): void => {
      const latency = fromServer ? 0 : (trouble.latencyMs ?? 0);
      free = Math.max(free, performance.now() + latency);
      if (free <= performance.now()) act();
      else setTimeout(act, free - performance.now());
    };
    from.on("data", (chunk: Buffer) => {
      dead ||= trouble.blackHole === true;
      if (dead) return;
      bytes += chunk.length;
      const cut = fromServer && trouble.cutAfter !== undefined ? trouble.cutAfter : Infinity;
      if (bytes > cut) {
        // What came before the cut still arrives.
        into.write(chunk.subarray(0, Math.max(0, chunk.length - (bytes - cut))), () => broken(pair));
        return;
      }
      later(() => {
        if (!into.write(chunk)) {
          from.pause();
          into.once("drain", () => trouble.paused === true || from.resume());
        }
      });
    });
    from.on("end", () => {
      if (!dead) later(() => into.end());
    });
    // The other side learns of an error by a reset; in a black hole it learns nothing.
    from.on("error", () => undefined);
    from.on("close", (failed) => {
      if (failed && !dead) into.resetAndDestroy();
    });
  }

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (program) => {
    connections += 1;
    if (trouble.refused === true) {
      program.resetAndDestroy();
      return;
    }
    const upstream = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    const sockets = [program, upstream] as const;
    const pair: Pair = { sockets, resume: () => sockets.forEach((socket) => socket.resume()) };
    pairs.add(pair);
    for (const socket of sockets)
      socket.on("close", () => {
        if (sockets.every(({ destroyed }) => destroyed)) pairs.delete(pair);
      });
    pass(program, upstream, false, pair);
    pass(upstream, program, true, pair);
    if (trouble.paused === true) sockets.forEach((socket) => socket.pause());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    port: (server.address() as AddressInfo).port,
    set(next) {
      trouble = next;
      if (next.refused === true) pairs.forEach(broken);
      for (const pair of pairs) {
        if (next.paused === true) pair.sockets.forEach((socket) => socket.pause());
        else pair.resume();
      }
    },
    target(next) {
      port = next;
      pairs.forEach(broken);
    },
    reset: () => pairs.forEach(broken),
    get connections() {
      return connections;
    },
    close() {
      server.close();
      pairs.forEach(broken);
    },
  };
}
