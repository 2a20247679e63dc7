import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { once } from "node:events";
import { expect, onTestFinished, test, vi } from "vitest";
import { connectHttp, type Target } from "./http.ts";

async function serve(listener: RequestListener, server: Server = createServer()): Promise<URL> {
  server.on("request", listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no address");
  return new URL(`http://127.0.0.1:${address.port}/hook?a=1`);
}

const at = (url: URL, more: Partial<Target> = {}): Target => ({
  ...{ url, secretToken: undefined, ipAddress: undefined, certificate: undefined },
  ...more,
});

test("an update arrives as JSON with the secret token, over one connection that is kept", async () => {
  const seen: { request: IncomingMessage; port: number | undefined }[] = [];
  const url = await serve((request, response) => {
    seen.push({ request, port: request.socket.remotePort });
    response.writeHead(200, { "content-type": "application/json" }).end('{"method":"x"}');
  });
  const connection = connectHttp(at(url, { secretToken: "s3cret" }), () => undefined);
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
    "accept-encoding": "gzip, deflate",
  });
  expect(connection.address()).toBe("127.0.0.1");
  expect(seen[0]?.request.url).toBe("/hook?a=1");
  expect(new Set(seen.map((s) => s.port)).size).toBe(1);
});

test("Retry-After and the end of keep-alive are reported", async () => {
  const url = await serve((_, response) => {
    response.writeHead(429, "Too Many", { "retry-after": "17", connection: "close" }).end();
  });
  const connection = connectHttp(at(url), () => undefined);
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
  const connection = connectHttp(at(url), () => undefined);
  onTestFinished(() => connection.close());
  expect(await connection.post("{}", false)).toMatchObject({ status: 503, retryAfter: 0 });
});

test("silence ends an attempt with Telegram's words", async () => {
  const url = await serve(() => undefined);
  const connection = connectHttp(at(url), () => undefined, 50);
  expect(await connection.post("{}", false)).toEqual({ kind: "broken", error: "Read timeout expired" });
});

test("a refused and a reset connection are told apart", async () => {
  const refused = connectHttp(at(new URL("http://127.0.0.1:1/")), () => undefined);
  expect(await refused.post("{}", false)).toEqual({ kind: "broken", error: "Connection refused" });
  const url = await serve((request) => request.socket.destroy());
  const reset = connectHttp(at(url), () => undefined);
  expect(await reset.post("{}", false)).toEqual({ kind: "broken", error: "Connection reset by peer" });
});

test("an answer that is cut off in the middle is a failure", async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("half", () => response.destroy());
  });
  const connection = connectHttp(at(url), () => undefined);
  expect(await connection.post("{}", false)).toMatchObject({ kind: "broken" });
});

test("an idle connection that the bot closes is reported once", async () => {
  let hangUp: (() => void) | undefined;
  const url = await serve((request, response) => {
    hangUp = () => request.socket.destroy();
    response.end();
  });
  const closed = vi.fn();
  const connection = connectHttp(at(url), closed);
  await connection.post("{}", false);
  hangUp?.();
  await vi.waitFor(() => expect(closed).toHaveBeenCalledTimes(1));
});

test("an answer may be packed", async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync('{"method":"x"}'));
  });
  const connection = connectHttp(at(url), () => undefined);
  onTestFinished(() => connection.close());
  expect(await connection.post("{}", false)).toMatchObject({ body: Buffer.from('{"method":"x"}') });
});

test("a kept connection leaves nothing behind with each request", async () => {
  const warnings: Error[] = [];
  const warned = (warning: Error): void => void warnings.push(warning);
  process.on("warning", warned);
  onTestFinished(() => void process.off("warning", warned));
  const url = await serve((_, response) => response.end());
  const connection = connectHttp(at(url), () => undefined);
  onTestFinished(() => connection.close());
  // Node warns of the eleventh listener of a kind.
  for (let i = 0; i < 12; i++) await connection.post("{}", false);
  expect(warnings).toEqual([]);
});

test("redirects are not followed", async () => {
  const url = await serve((_, response) => void response.writeHead(302, { location: "/" }).end());
  const connection = connectHttp(at(url), () => undefined);
  onTestFinished(() => connection.close());
  expect(await connection.post("{}", false)).toMatchObject({ kind: "answer", status: 302 });
});

test("a given IP address is used in place of the host's", async () => {
  const hosts: unknown[] = [];
  const url = await serve((request, response) => {
    hosts.push(request.headers.host);
    response.end();
  });
  url.hostname = "bot.example.org";
  const connection = connectHttp(at(url, { ipAddress: "127.0.0.1" }), () => undefined);
  onTestFinished(() => connection.close());
  expect(await connection.post("{}", false)).toMatchObject({ status: 200 });
  expect(hosts).toEqual([url.host]);
});

test("a certificate that nobody signed is refused, unless it was given", async () => {
  const folder = mkdtempSync(join(tmpdir(), "webhook-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
      ...["-keyout", key, "-out", cert, "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
    ],
    { stdio: "pipe" },
  );
  const options = { key: readFileSync(key), cert: readFileSync(cert) };
  const url = await serve((_, response) => response.end(), createSecureServer(options));
  url.protocol = "https:";
  const refused = connectHttp(at(url), () => undefined);
  expect(await refused.post("{}", false)).toEqual({
    kind: "broken",
    error: "SSL error {error:0A000086:SSL routines::certificate verify failed}",
  });
  const given = connectHttp(at(url, { certificate: readFileSync(cert, "utf8") }), () => undefined);
  onTestFinished(() => given.close());
  expect(await given.post("{}", false)).toMatchObject({ status: 200 });
});
