import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { until } from "../support/wait.ts";
import { startProxy, type Proxy } from "./proxy.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that answers everything with the same, behind its name. */
async function echo(name: string): Promise<{ port: number; heard: () => string }> {
  let heard = "";
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      heard += chunk.toString();
      socket.write(`${name}:${chunk.toString()}`);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => {
    server.close();
    sockets.forEach((socket) => socket.destroy());
  });
  return { port: (server.address() as AddressInfo).port, heard: () => heard };
}

async function proxyTo(port: number): Promise<Proxy> {
  const proxy = await startProxy(port);
  closing.push(() => proxy.close());
  return proxy;
}

async function client(port: number) {
  const socket = connect(port, "127.0.0.1");
  closing.push(() => socket.destroy());
  let got = "";
  let ended: string | undefined;
  socket.on("data", (chunk: Buffer) => (got += chunk.toString()));
  socket.on("error", (error: NodeJS.ErrnoException) => (ended = error.code));
  socket.on("end", () => (ended ??= "end"));
  // A reset may come before that.
  await once(socket, "connect").catch(() => undefined);
  return {
    socket,
    got: () => got,
    ended: () => ended,
    /** Writes, and waits until that has come back. */
    async ask(text: string): Promise<void> {
      socket.write(text);
      await until(`${text} comes back`, () => got.includes(text));
    },
  };
}

it("passes on what both sides send, and that one has ended", async () => {
  const server = await echo("a");
  const proxy = await proxyTo(server.port);
  const one = await client(proxy.port);
  await one.ask("hello");
  expect(one.got()).toBe("a:hello");
  one.socket.end();
  await until("the end has come back", () => one.ended() === "end");
  expect(proxy.connections).toBe(1);
});

it("holds back what the program sends for as long as it is told, in order", async () => {
  const server = await echo("a");
  const proxy = await proxyTo(server.port);
  const one = await client(proxy.port);
  proxy.set({ latencyMs: 100 });
  const start = performance.now();
  await one.ask("late");
  expect(performance.now() - start).toBeGreaterThan(95);
  one.socket.write("slow");
  await new Promise((resolve) => setTimeout(resolve, 50));
  proxy.set({});
  await one.ask("quick");
  expect(server.heard()).toBe("lateslowquick");
});

it("holds everything back while it is paused, and goes on afterwards", async () => {
  const server = await echo("a");
  const proxy = await proxyTo(server.port);
  const one = await client(proxy.port);
  await one.ask("before");
  proxy.set({ paused: true });
  one.socket.write("meanwhile");
  const other = await client(proxy.port);
  other.socket.write("other");
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(server.heard()).toBe("before");
  proxy.set({});
  await until("all has arrived", () => /meanwhile/.test(one.got()) && /other/.test(other.got()));
});

it("swallows what is sent into a black hole, and leaves such a connection dead", async () => {
  const server = await echo("a");
  const proxy = await proxyTo(server.port);
  const [lost, idle] = [await client(proxy.port), await client(proxy.port)];
  await lost.ask("before");
  proxy.set({ blackHole: true });
  lost.socket.write("lost");
  await new Promise((resolve) => setTimeout(resolve, 50));
  proxy.set({});
  lost.socket.write("never");
  // It has sent nothing meanwhile.
  await idle.ask("alive");
  expect(server.heard()).toBe("beforealive");
  expect(lost.ended()).toBeUndefined();
});

it("resets open connections and new ones while it refuses, and takes new ones afterwards", async () => {
  const server = await echo("a");
  const proxy = await proxyTo(server.port);
  const one = await client(proxy.port);
  await one.ask("before");
  proxy.set({ refused: true });
  await until("it is reset", () => one.ended() === "ECONNRESET");
  const two = await client(proxy.port);
  await until("it is reset", () => two.ended() === "ECONNRESET");
  proxy.set({});
  await (await client(proxy.port)).ask("after");
});

it("resets a connection after so many bytes of the server", async () => {
  const server = await echo("a");
  const proxy = await proxyTo(server.port);
  proxy.set({ cutAfter: 6 });
  const one = await client(proxy.port);
  one.socket.write("0123456789");
  await until("it is reset", () => one.ended() === "ECONNRESET");
  expect(one.got().length).toBeLessThanOrEqual(6);
});

it("leads to another server, and breaks what led to the one before", async () => {
  const [a, b] = [await echo("a"), await echo("b")];
  const proxy = await proxyTo(a.port);
  const one = await client(proxy.port);
  await one.ask("before");
  proxy.target(b.port);
  await until("it is reset", () => one.ended() === "ECONNRESET");
  const two = await client(proxy.port);
  await two.ask("after");
  expect(two.got()).toBe("b:after");
});

it("tells the program when the server breaks the connection", async () => {
  const server = createServer((socket) => socket.on("data", () => socket.resetAndDestroy()));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => server.close());
  const proxy = await proxyTo((server.address() as AddressInfo).port);
  const one = await client(proxy.port);
  one.socket.write("hello");
  await until("it is reset", () => one.ended() === "ECONNRESET");
  const nobody = await proxyTo(1);
  const two = await client(nobody.port);
  await until("it is reset", () => two.ended() === "ECONNRESET");
});
