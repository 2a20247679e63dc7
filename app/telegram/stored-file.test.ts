import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect, inject, test, vi } from "vitest";
import { freshDatabase } from "../../test/support/database.ts";
import { until } from "../../test/support/wait.ts";
import { addFile, purgeFiles, type NewFile } from "../database/files.ts";
import { handling, startBot, type TestBot } from "../testing/bot.ts";
import { refusal, startFakeApi, type FakeApi } from "../testing/fake-api.ts";
import { message, person } from "../testing/updates.ts";
import { uploadLimit } from "./api.ts";
import { StoredFile } from "./stored-file.ts";

let api: FakeApi;
let bot: TestBot;
/** What the handler sends next. */
let next: Omit<NewFile, "userId">;

const csv = { name: "a.csv", mime: "text/csv", bytes: Buffer.from("a,b\n1,2\n") };

beforeAll(async () => {
  const servers = inject("servers");
  api = await startFakeApi();
  bot = await startBot({
    servers,
    database: await freshDatabase(servers.postgres),
    apiUrl: api.url,
    handler: handling(async (ctx) => {
      const id = await addFile(ctx.tx.query, { userId: ctx.from?.id ?? 0, ...next });
      await ctx.replyWithDocument(new StoredFile(id), { caption: "Here it is" });
      await ctx.reply("That is all");
    }),
  });
});
beforeEach(() => {
  api.answer = () => undefined;
  api.calls.length = 0;
});
afterAll(async () => {
  await bot.close();
  await api.close();
});

/** Lets a new person get the file; returns the person's id. */
async function send(file: Omit<NewFile, "userId">): Promise<number> {
  next = file;
  const who = person();
  expect((await bot.deliver(message(who, "hi"))).status).toBe(200);
  return who.id;
}

const sent = () => api.calls.find(({ method }) => method === "sendDocument");
const stored = async (userId: number): Promise<number> =>
  (await bot.sql(`SELECT FROM files WHERE user_id = ${userId}`)).length;

test("a file leaves after the commit with its name, type and bytes, before the next message, and is deleted", async () => {
  // More than is read at once, not a multiple of it.
  const bytes = randomBytes(1_300_001);
  const userId = await send({ name: 'Отчёт "май".bin', mime: "application/octet-stream", bytes });
  expect(api.calls.map(({ method }) => method)).toEqual(["sendDocument", "sendMessage"]);
  expect(sent()?.payload).toMatchObject({ chat_id: String(userId), caption: "Here it is" });
  expect(sent()?.files["document"]).toEqual({
    name: "Отчёт %22май%22.bin",
    mime: "application/octet-stream",
    content: bytes,
  });
  await until("it is deleted", async () => (await stored(userId)) === 0);
});

test("a compressed file is sent unpacked", async () => {
  const bytes = randomBytes(700_000);
  await send({ ...csv, bytes: gzipSync(bytes), gzippedFrom: bytes.length });
  expect(sent()?.files["document"]?.content.equals(bytes)).toBe(true);
});

test("a file that is kept stays when it was sent, until its time is over", async () => {
  const userId = await send({ ...csv, keepDays: 30 });
  expect(sent()?.files["document"]?.content).toEqual(csv.bytes);
  await until("it is noted as sent", async () => (await bot.sql("SELECT FROM outbox")).length === 0);
  await purgeFiles(bot.database);
  expect(await stored(userId)).toBe(1);
  await bot.sql("UPDATE files SET keep_until = now() - interval '1 second'");
  await purgeFiles(bot.database);
  expect(await stored(userId)).toBe(0);
});

test("a file that cannot be sent now stays until it can, and one that nobody ever sends goes after two days", async () => {
  api.answer = () => refusal(502, "Bad Gateway");
  const userId = await send(csv);
  await until("the failure is noted", async () => {
    const rows = await bot.sql("SELECT FROM outbox WHERE attempts > 0 AND leased_until IS NULL");
    return rows.length === 2;
  });
  await purgeFiles(bot.database);
  expect(await stored(userId)).toBe(1);
  api.answer = () => undefined;
  api.calls.length = 0;
  await bot.sql("UPDATE outbox SET next_at = now()");
  await bot.sender.sendWaiting(userId, 0);
  expect(sent()?.files["document"]?.content).toEqual(csv.bytes);
  await bot.sql(
    `INSERT INTO files (user_id, name, mime, size, gzipped, created_at)
     VALUES (${userId}, 'b', 'text/csv', 1, false, now() - interval '49 hours')`,
  );
  await purgeFiles(bot.database);
  expect(await stored(userId)).toBe(0);
});

test("a file that is refused is deleted, and a call for one that is gone does not hold up the others", async () => {
  api.answer = ({ method }) => (method === "sendDocument" ? refusal(400, "Bad Request") : undefined);
  const userId = await send(csv);
  await until("it is deleted", async () => (await stored(userId)) === 0);
  await bot.sql("UPDATE outbox SET failed_at = NULL, created_at = now(), next_at = now()");
  api.calls.length = 0;
  api.answer = () => undefined;
  await bot.sender.sendWaiting(userId, 0);
  expect(sent()).toBeUndefined();
  const [row] = await bot.sql(`SELECT error FROM outbox WHERE chat_id = ${userId}`);
  expect(row?.["error"]).toContain("not kept any more");
});

test("an upload ends after 15 seconds, or when the file cannot be read", async () => {
  const upload = (content: () => AsyncIterable<Uint8Array>) =>
    bot.api.upload("sendDocument", { chat_id: 1 }, "document", { ...csv, size: 8, content });
  const broken = await upload(() =>
    new Readable({ read: () => undefined }).destroy(new Error("no such file")),
  );
  expect(broken).toMatchObject({ ok: false, code: "network", description: "no such file" });

  let answer: (() => void) | undefined;
  api.answer = () => ({ after: new Promise<void>((resolve) => (answer = resolve)) });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    let ended = false;
    const slow = upload(() => Readable.from([csv.bytes]));
    void slow.finally(() => (ended = true));
    await vi.advanceTimersByTimeAsync(uploadLimit - 1);
    expect(ended).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await slow).toMatchObject({ code: "network", description: "no answer within 15000 ms" });
  } finally {
    vi.useRealTimers();
    answer?.();
  }
});
