import { expect, test } from "vitest";
import { boards } from "../boards/all.ts";
import { boardUid, panelId } from "../render/ids.ts";
import { createViewer } from "./server.ts";
import { startViewer } from "./testing/fakes.ts";

const headers = { host: "127.0.0.1" };
const now = Math.floor(Date.now() / 1000);
const api = `/api/boards/${boardUid("test")}`;
const span = `from=${now - 600}&to=${now}`;

test("Prometheus is asked what the board says, about the chosen stack and replicas alone", async () => {
  const { server, prometheus } = await startViewer();
  const url = `${api}/panels/${panelId("test", "lines")}?${span}&stack=o"ther&replica=a.1&replica=b&query=up`;
  expect((await server.inject({ url, headers })).statusCode).toBe(200);
  const chosen = 'stack="o\\"ther",instance=~"a\\\\.1|b"';
  expect(prometheus.state.queries).toEqual([
    `bot_db_pool_connections{${chosen}}`,
    `bot_db_pool_max_connections{${chosen}}`,
  ]);
});

test.each([
  "/api/v1/query?query=up",
  "/api/v1/admin/tsdb/delete_series",
  "/d/unknown",
  `${api}/panels/1?${span}`,
  "/runbooks/..%2F..%2Fpackage.json",
  "/assets/..%2Fserver.ts",
])("%s is not there", async (url) => {
  const { server } = await startViewer();
  expect((await server.inject({ url, headers })).statusCode).toBe(404);
});

test("a range that is too long is refused with what to do", async () => {
  const { server } = await startViewer();
  const url = `${api}/variables?from=0&to=${now}`;
  const answer = await server.inject({ url, headers });
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toEqual({ error: "at most 32 days can be shown at once" });
});

test("no page of another site silences anything", async () => {
  const { server, silences } = await startViewer();
  const payload = { matchers: [{ name: "job", value: "bot" }], minutes: 5, comment: "x", author: "y" };
  const post = (extra: Record<string, string>) =>
    server.inject({ method: "POST", url: "/api/silences", headers: { ...headers, ...extra }, payload });
  expect((await post({ origin: "https://evil.example" })).statusCode).toBe(403);
  expect((await post({ host: "evil.example" })).statusCode).toBe(403);
  expect(silences).toEqual([]);
  expect((await post({ origin: "http://127.0.0.1" })).statusCode).toBe(200);
  expect(silences).toHaveLength(1);
});

test("no script of others gets into a page", async () => {
  const { server } = await startViewer();
  const { headers: sent } = await server.inject({ url: `/d/${boardUid("test")}`, headers });
  expect(sent["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'self' 'sha256-[^']+';/);
});

test("every kind of board that there is can be shown", () => {
  const config = { host: "", port: 0, prometheus: "http://a", alertmanager: "http://b", stack: "dev" };
  const server = createViewer({ ...config, jobs: ["bot"] }, boards);
  return Promise.all(
    boards
      .filter(({ needs }) => needs === undefined)
      .map(async ({ key }) => {
        expect((await server.inject({ url: `/d/${boardUid(key)}`, headers })).statusCode, key).toBe(200);
      }),
  );
});

test("every runbook has a page with what the catalogue knows of its alert", async () => {
  const { server } = await startViewer();
  const { body } = await server.inject({ url: "/runbooks/RedisDown", headers });
  for (const text of ["<h1>RedisDown</h1>", "<h2>Mitigation</h2>", "fires now", ">critical<"]) {
    expect(body).toContain(text);
  }
});
