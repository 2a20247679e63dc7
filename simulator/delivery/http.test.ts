import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { once } from "node:events";
import { expect, onTestFinished, test, vi } from "vitest";
import { connectHttp } from "./http.ts";

async function serve(listener: RequestListener): Promise<URL> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no address");
  return new URL(`http://127.0.0.1:${address.port}/hook?a=1`);
}

test("an update arrives as JSON with the secret token, over one connection that is kept", async () => {
  const seen: { request: IncomingMessage; port: number | undefined }[] = [];
  const url = await serve((request, response) => {
    seen.push({ request, port: request.socket.remotePort });
    response.writeHead(200, { "content-type": "application/json" }).end('{"method":"x"}');
  });
  const connection = connectHttp(url, "s3cret", () => undefined);
  onTestFinished(() => connection.close());
  const first = await connection.post('{"update_id":1}', false);
  await connection.post('{"update_id":2}', false);
  expect(first).toMatchObject({
    kind: "answer",
    status: 200,
    contentType: "application/json",
    keepAlive: true,
  });
  expect(seen[0]?.request.headers).toMatchObject({
    "content-type": "application/json",
    "x-telegram-bot-api-secret-token": "s3cret",
    connection: "keep-alive",
  });
  expect(seen[0]?.request.url).toBe("/hook?a=1");
  expect(new Set(seen.map((s) => s.port)).size).toBe(1);
});

test("Retry-After and the end of keep-alive are reported", async () => {
  const url = await serve((_, response) => {
    response.writeHead(429, "Too Many", { "retry-after": "17", connection: "close" }).end();
  });
  const connection = connectHttp(url, undefined, () => undefined);
  expect(await connection.post("{}", false)).toMatchObject({
    status: 429,
    reason: "Too Many",
    retryAfter: 17,
    keepAlive: false,
  });
});

test("a Retry-After that is a date counts as none", async () => {
  const url = await serve((_, response) => {
    response.writeHead(503, { "retry-after": "Fri, 31 Dec 1999 23:59:59 GMT" }).end();
  });
  const connection = connectHttp(url, undefined, () => undefined);
  onTestFinished(() => connection.close());
  expect(await connection.post("{}", false)).toMatchObject({ status: 503, retryAfter: 0 });
});

test("silence ends an attempt with Telegram's words", async () => {
  const url = await serve(() => undefined);
  const connection = connectHttp(url, undefined, () => undefined, 50);
  expect(await connection.post("{}", false)).toEqual({ kind: "broken", error: "Read timeout expired" });
});

test("a refused and a reset connection are told apart", async () => {
  const refused = connectHttp(new URL("http://127.0.0.1:1/"), undefined, () => undefined);
  expect(await refused.post("{}", false)).toEqual({ kind: "broken", error: "Connection refused" });
  const url = await serve((request) => request.socket.destroy());
  const reset = connectHttp(url, undefined, () => undefined);
  expect(await reset.post("{}", false)).toEqual({ kind: "broken", error: "Connection reset by peer" });
});

test("an answer that is cut off in the middle is a failure", async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("half", () => response.destroy());
  });
  const connection = connectHttp(url, undefined, () => undefined);
  expect(await connection.post("{}", false)).toMatchObject({ kind: "broken" });
});

test("an idle connection that the bot closes is reported once", async () => {
  let hangUp: (() => void) | undefined;
  const url = await serve((request, response) => {
    hangUp = () => request.socket.destroy();
    response.end();
  });
  const closed = vi.fn();
  const connection = connectHttp(url, undefined, closed);
  await connection.post("{}", false);
  hangUp?.();
  await vi.waitFor(() => expect(closed).toHaveBeenCalledTimes(1));
});
