// The real nginx before the real bot, and callers that keep to no rules: what nginx takes for one request, the bot takes
// for one request. Lines of docs/bad-input.md.
import fc from "fast-check";
import { once } from "node:events";
import type { IncomingHttpHeaders } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { startExporter } from "../../app/gateway-exporter/exporter.ts";
import { secret, startBot, type TestBot } from "../../app/testing/bot.ts";
import { startFakeApi, type FakeApi } from "../../app/testing/fake-api.ts";
import { freshDatabase } from "../../test/support/database.ts";
import { freePort, until } from "../../test/support/wait.ts";
import { WORKERS } from "./nginx-config.ts";
import { startNginx, type Run } from "./nginx-fixture.ts";
import {
  bodies,
  CRLF,
  framing,
  heads,
  hidden,
  line,
  part,
  paths,
  planted,
  post,
  updateText,
  whole,
  wrongSecrets,
  type Case,
} from "./hostile-requests.ts";
import { closed, open, say } from "./raw-http.ts";

const host = "127.0.0.1";

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

let api: FakeApi;
let bot: TestBot;
let run: Run;
let metrics: string;
const close: (() => Promise<void>)[] = [];
/** Requests that the bot got. */
let seen: Seen[] = [];

beforeAll(async () => {
  const servers = inject("servers");
  api = await startFakeApi();
  const database = await freshDatabase(servers.postgres);
  bot = await startBot({ servers, database, apiUrl: api.url, requests: 1e6 });
  bot.server.addHook("onRequest", (request, _reply, done) => {
    const { method, url, headers } = request;
    seen.push({ method, url, headers });
    done();
  });
  const replica = { host, port: await freePort() };
  await bot.server.listen(replica);
  const log = { host, port: await freePort() };
  const started = await startNginx([replica], { log, callerRate: 100_000 });
  ({ run } = started);
  const exporter = await startExporter(log, `${run.status}/stub_status`);
  metrics = `http://${host}:${log.port}/metrics`;
  // A worker of nginx loses a line when its one before found nobody.
  for (let n = 0; n < 8 * WORKERS; n += 1) await say(run.gateway, `GET / HTTP/1.0${CRLF}${CRLF}`, 1);
  close.push(started.stop, async () => {
    const over = once(exporter, "close");
    exporter.close();
    exporter.closeAllConnections();
    await over;
  });
});
afterAll(async () => {
  for (const one of close) await one();
  await bot.close();
  await api.close();
});
beforeEach(() => {
  seen = [];
});

/** How many requests nginx passed on, and how many it answered with each status, as Prometheus gets it. */
async function counted(): Promise<{ passedOn: number; codes: Record<string, number> }> {
  const text = await (await fetch(metrics)).text();
  const codes: Record<string, number> = {};
  let passedOn = 0;
  for (const [, code = "", passed, value] of text.matchAll(
    /^gateway_requests_total\{code="(\w+)",passed_on="(\w+)"\} (\d+)$/gm,
  )) {
    codes[code] = (codes[code] ?? 0) + Number(value);
    if (passed === "true") passedOn += Number(value);
  }
  return { passedOn, codes };
}

/** What the bot got is a request that nginx made, and nothing that the caller hid in it. */
function expectMadeByNginx({ url, headers }: Seen): void {
  expect(url).toMatch(/^\/telegram(\?|$)/);
  expect(headers).toMatchObject({ "x-request-id": expect.stringMatching(/^[0-9a-f]{32}$/) as unknown });
  expect(headers["content-length"] ?? "0").toMatch(/^\d+$/);
  for (const gone of ["x-hidden", "transfer-encoding", "transfer_encoding", "upgrade", "expect"])
    expect(headers).not.toHaveProperty(gone);
}

async function expectCase({ bytes, answers, reaches = 0 }: Case): Promise<void> {
  const said = await say(run.gateway, bytes, answers.length);
  expect(said.answers).toEqual(answers);
  expect(seen).toHaveLength(reaches);
  seen.forEach(expectMadeByNginx);
  expect(said.text).not.toMatch(/nginx\/|fastify|powered|node|\.ts:|hunter2/i);
}

describe("where requests end:", () => {
  it.each(Object.entries(framing))("%s", (_, one) => expectCase(one()));
});
describe("a request with", () => {
  it.each(Object.entries(heads))("%s", (_, one) => expectCase(one()));
});
describe("the address", () => {
  it.each(Object.entries(paths))("%s", (_, one) => expectCase(one()));
});
describe("a request with a secret:", () => {
  it.each(Object.entries(wrongSecrets))("%s", (_, bytes) =>
    expectCase({ bytes, answers: [401], reaches: 1 }),
  );
});
describe("a body:", () => {
  it.each(Object.entries(bodies))("%s", (_, one) => expectCase(one()));
});

it("whatever is sent, nginx and the bot count the same requests", async () => {
  const before = await counted();
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 4 }),
      fc.array(part, { maxLength: 6 }),
      async (lines, parts) => {
        const body = parts.map((one) => (one === "hidden" ? hidden() : one)).join("");
        const last = ["GET / HTTP/1.1", "Host: bot", "Connection: close", "", ""].join(CRLF);
        // Enough for whatever waits for more, and no request: at the latest here nginx closes the connection.
        const end = `${"x".repeat(1000)}${CRLF}${CRLF}`;
        await say(run.gateway, post(lines, body) + last + end, Infinity);
      },
    ),
    { numRuns: 150 },
  );
  seen.forEach(expectMadeByNginxOrItself);
  await until("each is counted", async () => (await counted()).passedOn - before.passedOn === seen.length);
});

/** A request that was hidden is one of its own when it stands behind another one; nginx then gives it an id. */
function expectMadeByNginxOrItself({ url, headers }: Seen): void {
  expect(url).toBe("/telegram");
  expect(headers["x-request-id"]).toMatch(/^[0-9a-f]{32}$/);
  expect(headers).not.toHaveProperty("transfer-encoding");
}

it("who is slow holds a connection for a while and nothing of the bot's, and others are served", async () => {
  const update = whole(updateText());
  const slow = [
    ...Array.from({ length: 100 }, () => `POST /telegram HTTP/1.1${CRLF}X-Slow: `),
    ...Array.from({ length: 20 }, () => update.slice(0, -5)),
  ];
  const sockets = await Promise.all(slow.map(() => open(run.gateway)));
  const over = sockets.map((socket) => closed(socket.resume()));
  for (const [index, socket] of sockets.entries()) socket.write(slow[index] ?? "");
  // A byte now and then, so that a head is never idle for long.
  const drip = setInterval(() => sockets.slice(0, 100).forEach((socket) => socket.write("x")), 1000);
  try {
    await expectCase({ bytes: update, answers: [200], reaches: 1 });
    await Promise.all(over);
  } finally {
    clearInterval(drip);
  }
  expect(seen).toHaveLength(1);
});

it("each answer is counted by its status, and nothing of what was sent is in the log", async () => {
  const before = await counted();
  const many = [
    ...Object.values(framing),
    ...Object.values(heads),
    ...Object.values(paths),
    ...Object.values(bodies),
  ];
  const expected: Record<string, number> = {};
  for (const one of many) {
    const { bytes, answers } = one();
    await say(run.gateway, bytes, answers.length);
    for (const status of answers.filter((code) => code >= 200)) {
      const known = status in before.codes ? String(status) : `${String(status).charAt(0)}xx`;
      expected[known] = (expected[known] ?? 0) + 1;
    }
  }
  await until("all are counted", async () => {
    const { codes } = await counted();
    const grown = Object.entries(codes).map(
      ([code, value]) => [code, value - (before.codes[code] ?? 0)] as const,
    );
    for (const [code, more] of Object.entries(expected))
      expect(Object.fromEntries(grown)[code], code).toBeGreaterThanOrEqual(more);
    return true;
  });
  // What HTTP itself answers with 5xx is no failure of ours.
  const { codes } = await counted();
  for (const failure of ["500", "502", "503", "504"]) expect(codes[failure]).toBe(0);
  for (const text of [planted, secret]) expect(run.output()).not.toContain(text);
});
