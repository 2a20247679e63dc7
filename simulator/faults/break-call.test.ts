import { expect, test } from "vitest";
import { startBot, startSimulator } from "../testing/server.ts";
import { TEST_TOKEN } from "../testing/world.ts";

async function setUp() {
  const { url } = await startSimulator();
  const put = (faults: object) =>
    fetch(`${url}/simulator/api/faults`, { method: "PUT", body: JSON.stringify(faults) });
  const call = (method: string, args = "") => fetch(`${url}/bot${TEST_TOKEN}/${method}?${args}`);
  const control = async (method: string, path: string, body?: object): Promise<unknown> =>
    (await fetch(`${url}/simulator/api/${path}`, { method, body: JSON.stringify(body) })).json();
  return { url, put, call, control };
}

test("429 tells when to come back, in the body and in a header", async () => {
  const { put, call } = await setUp();
  await put({ bot_api: { too_many_requests: { share: 1, retry_after: 7 } } });
  const answer = await call("getMe");
  expect(answer.status).toBe(429);
  expect(answer.headers.get("retry-after")).toBe("7");
  expect(await answer.json()).toEqual({
    ok: false,
    error_code: 429,
    description: "Too Many Requests: retry after 7",
    parameters: { retry_after: 7 },
  });
});

test("errors of the server come as JSON or as HTML", async () => {
  const { put, call } = await setUp();
  await put({ bot_api: { server_errors: 1 } });
  const json = await call("getMe");
  expect(json.status).toBe(500);
  expect(await json.json()).toEqual({ ok: false, error_code: 500, description: "Internal Server Error" });
  await put({ bot_api: { html_errors: 1 } });
  const html = await call("getMe");
  expect([html.status, html.headers.get("content-type")]).toEqual([502, "text/html"]);
  expect(await html.text()).toContain("<h1>502 Bad Gateway</h1>");
});

test("a call whose answer is cut off has been carried out", async () => {
  const { put, call, control } = await setUp();
  await control("POST", "people/5000000001/messages", { text: "/start" });
  await put({ bot_api: { cuts: 1 } });
  const answer = await call("sendMessage", "chat_id=5000000001&text=hi");
  expect(answer.status).toBe(200);
  await expect(answer.text()).rejects.toThrow("terminated");
  expect(await control("GET", "people/5000000001/messages")).toMatchObject({
    messages: [{ text: "/start" }, { text: "hi" }],
  });
});

test("a delivery that is cut off reaches the bot, and comes again", async () => {
  const { put, call, control } = await setUp();
  const updates: unknown[] = [];
  const hook = await startBot((update) => {
    updates.push(update);
    return new Promise(() => undefined);
  });
  await put({ delivery: { cuts: 1 } });
  await call("setWebhook", `url=${encodeURIComponent(hook)}`);
  await control("POST", "people/5000000001/messages", { text: "hi" });
  // A webhook that has never answered gets a new connection only every 2 seconds.
  await expect.poll(() => updates.length, { timeout: 10_000 }).toBeGreaterThan(1);
  expect(updates[1]).toEqual(updates[0]);
  expect(await (await call("getWebhookInfo")).json()).toMatchObject({
    result: { last_error_message: "Connection reset by peer", pending_update_count: 1 },
  });
});

test("what cannot be is refused, with what to do", async () => {
  const { put, control } = await setUp();
  const answer = await put({ bot_api: { server_errors: 2 } });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toEqual({
    error: "bot_api.server_errors: Too big: expected number to be <=1",
  });
  expect(await control("GET", "faults")).toMatchObject({ flood_limits: false, seed: 1 });
});
