import { request } from "node:http";
import { expect, test } from "vitest";
import { startBot, startSimulator } from "./testing/server.ts";
import { TEST_TOKEN } from "./testing/world.ts";

interface Reply {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

// Typed, because those of vitest are any.
const anyNumber: unknown = expect.any(Number);
const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

async function client() {
  const { url } = await startSimulator();
  const fetchJson = async (method: string, path: string, body?: unknown, headers = {}): Promise<Reply> => {
    const response = await fetch(url + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const json: unknown = await response.json();
    return { status: response.status, json: isRecord(json) ? json : {} };
  };
  const control = (method: string, path: string, body?: unknown) =>
    fetchJson(method, `/simulator/api/${path}`, body);
  const bot = (method: string, args: object = {}) =>
    fetchJson("POST", `/bot${TEST_TOKEN}/${method}`, args, { "content-type": "application/json" });
  const person = async (profile: object = { first_name: "Grace" }): Promise<number> =>
    Number((await control("POST", "people", profile)).json["id"]);
  return { url, fetchJson, control, bot, person };
}

test("health is answered", async () => {
  const { fetchJson } = await client();
  expect(await fetchJson("GET", "/health")).toEqual({ status: 200, json: { ok: true } });
});

test("only the bot's own token opens the Bot API", async () => {
  const { fetchJson } = await client();
  const of = (token: string) => fetchJson("GET", `/bot${token}/getMe`);
  expect((await of(TEST_TOKEN)).status).toBe(200);
  expect((await of(TEST_TOKEN.replace(":", "%3A"))).status).toBe(200);
  expect(await of(`123456789:${"B".repeat(35)}`)).toEqual({
    status: 401,
    json: { ok: false, error_code: 401, description: "Unauthorized" },
  });
  const notFound = { status: 404, json: { ok: false, error_code: 404, description: "Not Found" } };
  expect(await of("nonsense")).toEqual(notFound);
  expect(await of("%")).toEqual(notFound);
});

test("a person writes, the bot is told and answers, and the answer ends a long poll", async () => {
  const { fetchJson, control, bot, person } = await client();
  const updates: unknown[] = [];
  const hook = await startBot(async (update) => {
    updates.push(update);
    const message = isRecord(update) && isRecord(update["message"]) ? update["message"] : {};
    const chat = isRecord(message["chat"]) ? message["chat"] : {};
    await bot("sendMessage", { chat_id: chat["id"], text: "Hello" });
  });
  await bot("setWebhook", { url: hook });
  const id = await person({ first_name: "Grace", username: "grace_h", language_code: "en" });
  const written = await control("POST", `people/${id}/messages`, { text: "/start now" });
  expect(written.json).toEqual({ update_id: anyNumber, message_id: anyNumber });
  // The person's own message is the first change, the answer the second.
  const { messages } = (await control("GET", `people/${id}/messages?after=1&wait=20`)).json;
  expect(messages).toMatchObject([{ from: "bot", text: "Hello", keyboard: null, rev: 2 }]);
  expect(updates).toMatchObject([
    {
      update_id: written.json["update_id"],
      message: {
        message_id: written.json["message_id"],
        from: { id, is_bot: false, first_name: "Grace", username: "grace_h", language_code: "en" },
        chat: { id, type: "private", first_name: "Grace", username: "grace_h" },
        text: "/start now",
        entities: [{ type: "bot_command", offset: 0, length: 6 }],
      },
    },
  ]);
  await expect
    .poll(async () => (await control("GET", `updates/${String(written.json["update_id"])}`)).json)
    .toMatchObject({
      created: anyNumber,
      acknowledged: anyNumber,
      attempts: [{ at: anyNumber, ms: anyNumber, status: 200 }],
      replies: [{ method: "sendMessage" }],
    });
  expect((await fetchJson("GET", "/simulator/stats")).json).toMatchObject({
    updates: { created: 1, acknowledged: 1, pending: 0, attempts: 1, failed_attempts: 0 },
    latency_ms: {
      delivered: { p50: anyNumber, max: anyNumber },
      acknowledged: { p99: anyNumber },
      replied: { p95: anyNumber },
    },
    api_calls: { setWebhook: 1, sendMessage: 1 },
  });
});

test("a long poll ends without news after its time", async () => {
  const { control, person } = await client();
  const id = await person();
  expect((await control("GET", `people/${id}/messages?wait=0.05`)).json).toEqual({ rev: 0, messages: [] });
});

test("a press needs a button that is there", async () => {
  const { control, bot, person } = await client();
  const id = await person();
  await control("POST", `people/${id}/messages`, { text: "hi" });
  const reply_markup = { inline_keyboard: [[{ text: "A", callback_data: "a" }]] };
  const sent = (await bot("sendMessage", { chat_id: id, text: "?", reply_markup })).json["result"];
  const message_id = isRecord(sent) ? sent["message_id"] : undefined;
  const press = (data: string, message: unknown = message_id) =>
    control("POST", `people/${id}/press`, { message_id: message, data });
  expect((await press("a")).json).toEqual({
    update_id: anyNumber,
    callback_query_id: matching(/^\d+$/),
  });
  expect(await press("b")).toEqual({
    status: 409,
    json: { error: `message ${String(message_id)} has no button with the data "b"; it has ["a"]` },
  });
  expect((await press("a", 1)).status).toBe(404);
});

test("who blocks the bot cannot write, and both changes are told", async () => {
  const { control, person } = await client();
  const id = await person();
  const block = (blocked: boolean) => control("POST", `people/${id}/block`, { blocked });
  expect((await block(true)).json["update_id"]).toBeTypeOf("number");
  expect((await block(true)).json["update_id"]).toBeNull();
  expect(await control("POST", `people/${id}/messages`, { text: "x" })).toEqual({
    status: 409,
    json: { error: "Grace has blocked the bot; unblock it first" },
  });
  expect((await block(false)).json["update_id"]).toBeTypeOf("number");
});

test.each([
  ["POST", "people", { first_name: "" }, 400, /^first_name: /],
  ["POST", "people", { first_name: "A", color: 1 }, 400, /color/],
  ["POST", "people", "{", 400, /^the body is not JSON$/],
  ["POST", "people", { first_name: "x".repeat(1_100_000) }, 413, /larger than 1 MB/],
  ["GET", "people/1/messages", undefined, 404, /^there is no person 1; /],
  ["GET", "people/x/messages", undefined, 400, /^id: must be a number$/],
  ["POST", "people/5000000001/messages", { text: " " }, 400, /^text is empty$/],
  ["POST", "people/5000000001/messages", { text: "x".repeat(4097) }, 400, /4097 characters/],
  ["GET", "updates/1", undefined, 404, /^update 1 is unknown/],
  ["PUT", "sink", { from: 5, to: 4 }, 400, /^from \(5\) must not be greater/],
  ["GET", "nothing", undefined, 404, /^there is nothing at \/simulator\/api\/nothing$/],
  ["POST", "state", undefined, 405, /knows GET, PUT, DELETE$/],
])("%s %s with %.60j is refused with %i", async (method, path, body, status, error) => {
  const { control } = await client();
  const reply = await control(method, path, body);
  expect(reply.status).toBe(status);
  expect(reply.json).toEqual({ error: matching(error) });
});

test("a page of another site cannot act through a visitor's browser", async () => {
  const { url, fetchJson } = await client();
  const from = (origin: string) =>
    fetchJson("POST", "/simulator/api/people", { first_name: "Eve" }, { origin });
  expect((await from("https://example.org")).status).toBe(403);
  expect((await from(url)).status).toBe(200);
});

test("a file for the sink is one that the bot gets", async () => {
  const { url, control, bot } = await client();
  const form = new FormData();
  form.set("file", new Blob(["a,b\n1,2"], { type: "text/csv" }), "metrics.csv");
  const kept = await fetch(`${url}/simulator/api/sink/files`, { method: "POST", body: form });
  const { file_id } = (await kept.json()) as { file_id: string };
  expect((await bot("getFile", { file_id })).json).toMatchObject({ ok: true, result: { file_size: 7 } });
  expect((await control("GET", "sink/documents")).json).toEqual([]);
});

test("the sink keeps the last lines of what the bot sent, while somebody wants them", async () => {
  const { control, bot } = await client();
  const marks = async (): Promise<unknown> => (await control("GET", "sink/marks")).json;
  await control("PUT", "sink", { from: 1000, to: 1999 });
  await bot("sendMessage", { chat_id: 1500, text: "before" });
  expect(await marks()).toEqual([]);
  await control("PUT", "sink", { from: 1000, to: 1999, marks: true });
  await bot("sendMessage", { chat_id: 1500, text: "two lines\n#1" });
  await bot("sendMessage", { chat_id: 1500, text: "<b>", parse_mode: "HTML" });
  await bot("answerCallbackQuery", { callback_query_id: "made-up", text: "#2" });
  expect(await marks()).toEqual(["#1", "#2"]);
  await control("PUT", "sink", { from: 1000, to: 1999, marks: true });
  expect(await marks()).toEqual([]);
});

test("a reset leaves the first person alone, and empty", async () => {
  const { url, control } = await client();
  await control("POST", "people", { first_name: "Grace" });
  await control("POST", "people/5000000001/messages", { text: "hi" });
  await control("PUT", "sink", { from: 1, to: 5 });
  expect((await control("DELETE", "state")).status).toBe(200);
  const people: unknown = await (await fetch(`${url}/simulator/api/people`)).json();
  expect(people).toMatchObject([{ id: 5_000_000_001, first_name: "Ada", started: false }]);
  expect((await control("GET", "people/5000000001/messages")).json["messages"]).toEqual([]);
  expect((await control("GET", "stats")).json).toMatchObject({ updates: { created: 0 }, api_calls: {} });
});

test("events tell of everything as it happens", async () => {
  const { url, control, bot } = await client();
  const hook = await startBot(() => Promise.resolve());
  await bot("setWebhook", { url: hook });
  let text = "";
  const stream = request(`${url}/simulator/api/events`, (response) => {
    response.on("data", (chunk: Buffer) => (text += chunk.toString()));
  });
  stream.end();
  await expect.poll(() => text).toContain("event: hello");
  await control("POST", "people/5000000001/messages", { text: "hi" });
  await bot("sendMessage", { chat_id: 5_000_000_001, text: "yes" });
  await expect.poll(() => text).toContain("event: acknowledged");
  const types = [...text.matchAll(/^event: (\w+)$/gm)].map((m) => m[1]);
  stream.destroy();
  expect(types.toSorted()).toEqual(
    ["acknowledged", "attempt", "call", "hello", "message", "message", "reply", "update"].toSorted(),
  );
});

test("a snapshot is taken and restored over HTTP, also a large one", async () => {
  const { control } = await client();
  for (let i = 0; i < 400; i++) {
    await control("POST", "people/5000000001/messages", { text: "x".repeat(4000) });
  }
  const { json: state } = await control("GET", "state");
  expect(JSON.stringify(state).length).toBeGreaterThan(1_100_000);
  await control("DELETE", "state");
  expect((await control("PUT", "state", state)).json).toEqual({ ok: true });
  expect((await control("GET", "people/5000000001/messages")).json["messages"]).toHaveLength(400);
  expect(await control("PUT", "state", { version: 1 })).toMatchObject({ status: 400 });
  expect(await control("POST", "state/save")).toEqual({
    status: 409,
    json: { error: "there is no file for it: start the simulator with SIMULATOR_STATE_FILE" },
  });
});

test("the document of the control API is served", async () => {
  const { fetchJson } = await client();
  expect(await fetchJson("GET", "/simulator/api/openapi.json")).toMatchObject({
    status: 200,
    json: { openapi: "3.1.0", paths: { "/simulator/api/people": {} } },
  });
});

test("the page is served with a policy that lets nothing foreign in", async () => {
  const { url } = await client();
  const response = await fetch(`${url}/`);
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect((await fetch(`${url}/../package.json`)).status).toBe(404);
});

test("a file goes from a person to the bot and back, over forms and by its path", async () => {
  const { url, control, bot, person } = await client();
  const updates: unknown[] = [];
  const hook = await startBot((update) => Promise.resolve(void updates.push(update)));
  await bot("setWebhook", { url: hook });
  const id = await person();
  const form = new FormData();
  form.append("file", new Blob(["a;b\n1;2\n"], { type: "text/csv" }), "Zahlen – Q1.csv");
  form.append("caption", "Look");
  const sent = await fetch(`${url}/simulator/api/people/${id}/files`, { method: "POST", body: form });
  expect(await sent.json()).toEqual([{ update_id: anyNumber, message_id: anyNumber }]);
  await expect.poll(() => updates).toHaveLength(1);
  const [update] = updates as {
    message: { caption: string; document: { file_id: string; file_name: string } };
  }[];
  expect(update?.message).toMatchObject({ caption: "Look", document: { file_name: "Zahlen – Q1.csv" } });

  const { json } = await bot("getFile", { file_id: update?.message.document.file_id });
  const { file_path } = json["result"] as { file_path: string };
  const download = await fetch(`${url}/file/bot${TEST_TOKEN}/${file_path}`);
  expect(await download.text()).toBe("a;b\n1;2\n");
  expect((await fetch(`${url}/file/bot1:x/${file_path}`)).status).toBe(404);

  const back = new FormData();
  back.append("chat_id", String(id));
  back.append("document", new Blob(["<script>"], { type: "text/html" }), "page.html");
  const answer = await fetch(`${url}/bot${TEST_TOKEN}/sendDocument`, { method: "POST", body: back });
  const { result } = (await answer.json()) as { result: { document: { file_id: string } } };
  const shown = await fetch(`${url}/simulator/api/files/${result.document.file_id}`);
  // A file is never a page of the simulator.
  expect(shown.headers.get("content-type")).toBe("application/octet-stream");
  expect(shown.headers.get("content-disposition")).toMatch(/^attachment/);
  expect((await control("GET", "files/none")).status).toBe(404);
});

test("a form is refused when it is none, and a group is made and written in", async () => {
  const { url, control, person } = await client();
  const id = await person();
  const broken = await fetch(`${url}/simulator/api/people/${id}/files`, {
    method: "POST",
    headers: { "content-type": "multipart/form-data; boundary=x" },
    body: "nothing",
  });
  expect(broken.status).toBe(400);
  const group = await control("POST", "groups", { title: "Founders", members: [id] });
  expect(group.json).toMatchObject({ bot: "member", members: [{ id, status: "creator" }] });
  const chat = Number(group.json["id"]);
  expect((await control("POST", `people/${id}/messages`, { text: "hello", chat_id: chat })).status).toBe(200);
  const { json } = await control("GET", `groups/${chat}/messages`);
  expect(json["messages"]).toMatchObject([
    { content: { new_chat_members: [{}] } },
    { text: "hello", sender: id },
  ]);
});
