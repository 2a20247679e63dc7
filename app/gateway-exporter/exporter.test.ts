import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { upstream, withNginx, type Run } from "../../infra/services/nginx-fixture.ts";
import { freePort, until } from "../../test/support/wait.ts";
import { startExporter } from "./exporter.ts";

const host = "127.0.0.1";
const close: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(close.splice(0).map((one) => one()));
});

/** Values by name with labels, as Prometheus gets them. */
async function scrape(port: number): Promise<Map<string, number>> {
  const text = await (await fetch(`http://${host}:${port}/metrics`)).text();
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.replace(/ [^ ]+$/, ""), Number(/ ([^ ]+)$/.exec(line)?.[1])] as const),
  );
}

const answers = async (port: number): Promise<Record<string, number>> =>
  Object.fromEntries(
    [...(await scrape(port))].filter(
      ([name, value]) => name.startsWith("gateway_requests_total") && value > 0,
    ),
  );

async function start(port: number, status: string): Promise<void> {
  const server = await startExporter({ host, port }, `${status}/stub_status`);
  close.push(async () => {
    const over = once(server, "close");
    server.close();
    server.closeAllConnections();
    await over;
  });
}

/** nginx before replicas that answer so, and the exporter of it. */
async function withGateway(
  statuses: readonly number[],
  work: (run: Run & { port: number }) => Promise<void>,
): Promise<void> {
  const replicas = await Promise.all(
    statuses.map((status) =>
      upstream((request, response) => {
        request.resume();
        request.once("end", () => response.writeHead(status).end());
      }),
    ),
  );
  close.push(...replicas.map((one) => () => one.close()));
  const nobody = { host, port: await freePort() };
  const port = await freePort();
  await withNginx(
    [...replicas.map(({ endpoint }) => endpoint), nobody, nobody].slice(0, Math.max(2, statuses.length)),
    async (run) => {
      await start(port, run.status);
      await work({ ...run, port });
    },
    { log: { host, port } },
  );
}

async function post(gateway: string): Promise<void> {
  const response = await fetch(`${gateway}/telegram`, { method: "POST", body: "{}" });
  await response.text();
}

test("what nginx answers is counted by status, and timed where a replica was to answer", async () => {
  await withGateway([200, 200], async ({ gateway, port }) => {
    for (let i = 0; i < 3; i += 1) await post(gateway);
    await fetch(`${gateway}/telegram`);
    await fetch(`${gateway}/.env`);
    const wanted = {
      'gateway_requests_total{code="200",passed_on="true"}': 3,
      'gateway_requests_total{code="404",passed_on="false"}': 1,
      'gateway_requests_total{code="405",passed_on="false"}': 1,
    };
    await until("all are counted", async () => Object.keys(await answers(port)).length === 3);
    expect(await answers(port)).toEqual(wanted);
    expect((await scrape(port)).get("gateway_request_duration_seconds_count")).toBe(3);
  });
});

test.each([
  ["busy", [429, 429], "429"],
  ["draining", [503, 503], "503"],
  ["away", [], "502"],
])("a bot that is %s shows at the gateway", async (_, statuses, code) => {
  await withGateway(statuses, async ({ gateway, port }) => {
    await post(gateway);
    await until("it is counted", async () => Object.keys(await answers(port)).length === 1);
    expect(await answers(port)).toEqual({
      [`gateway_requests_total{code="${code}",passed_on="true"}`]: 1,
    });
  });
});

test("a request that nobody understands is one that was not passed on", async () => {
  await withGateway([200, 200], async ({ gateway, port }) => {
    const socket = connect(Number(new URL(gateway).port), host);
    socket.end("what is this\r\n\r\n");
    socket.resume();
    await once(socket, "close");
    await until("it is counted", async () => Object.keys(await answers(port)).length === 1);
    expect(await answers(port)).toEqual({
      'gateway_requests_total{code="400",passed_on="false"}': 1,
    });
  });
});

test("there are as many lines as nginx had requests", async () => {
  await withGateway([200, 200], async ({ gateway, port }) => {
    // What a worker of nginx sent before anybody listened costs it one line more.
    await until("nothing is missing", async () => {
      const before = await scrape(port);
      for (let i = 0; i < 5; i += 1) await post(gateway);
      const now = await scrape(port);
      const grown = (name: string): number => (now.get(name) ?? 0) - (before.get(name) ?? 0);
      const lines = ["request", "own"].map((kind) => grown(`gateway_log_lines_total{kind="${kind}"}`));
      expect(lines).toEqual([5, 1]);
      return grown("nginx_http_requests_total") === 6;
    });
  });
});

test("what nginx says of itself has the names of its own exporter; away, it is down and the counts stay", async () => {
  const port = await freePort();
  await withGateway([200, 200], async (run) => {
    await start(port, run.status);
    const found = await scrape(port);
    expect(found.get("nginx_up")).toBe(1);
    expect(found.get("nginx_connections_active")).toBeGreaterThan(0);
    expect(found.get("nginx_http_requests_total")).toBeGreaterThan(0);
  });
  const gone = await scrape(port);
  expect([gone.get("nginx_up"), gone.has("nginx_http_requests_total")]).toEqual([0, false]);
  expect(gone.has('gateway_requests_total{code="502",passed_on="true"}')).toBe(true);
  expect((await fetch(`http://${host}:${port}/health`)).status).toBe(200);
});

test("anything else that comes is counted as unreadable, makes no series and ends nothing", async () => {
  const port = await freePort();
  await start(port, `http://${host}:${await freePort()}`);
  const names = [...(await scrape(port)).keys()].filter((name) => name.startsWith("gateway_"));
  const head = "<190>Nov  1 01:02:03 gateway: ";
  const hostile = [
    "",
    "\0".repeat(60_000),
    "<190>",
    `${head}999 0.001 0.001`,
    `${head}200 -1 0.001`,
    `${head}200 1e999 0.001`,
    `${head}200 ${"9".repeat(400)}.000 -`,
    `${head}200 0.001 0.001" evil="x`,
    `${head}own\n${head}own`,
    "<190>Nov  1 01:02:03 somebody: 200 0.001 0.001",
  ];
  const socket = createSocket("udp4");
  for (const line of hostile)
    await new Promise<void>((resolve) => socket.send(line, port, host, () => resolve()));
  // Of statuses that have no series of their own.
  const rare = [`${head}418 0.001 -`, `${head}206 0.010 0.009, 0.001 : -`];
  for (const line of rare)
    await new Promise<void>((resolve) => socket.send(line, port, host, () => resolve()));
  socket.close();
  const kind = (one: string) => `gateway_log_lines_total{kind="${one}"}`;
  await until("all have come", async () => (await scrape(port)).get(kind("request")) === 2);
  const found = await scrape(port);
  expect(found.get(kind("unreadable"))).toBe(hostile.length);
  expect([...found.keys()].filter((name) => name.startsWith("gateway_"))).toEqual(names);
  expect(await answers(port)).toEqual({
    'gateway_requests_total{code="4xx",passed_on="false"}': 1,
    'gateway_requests_total{code="2xx",passed_on="true"}': 1,
  });
});

test("it does not start where its number is taken", async () => {
  const port = await freePort();
  await start(port, `http://${host}:9`);
  await expect(startExporter({ host, port }, `http://${host}:9`)).rejects.toThrow("EADDRINUSE");
});
