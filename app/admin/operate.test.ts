import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { z } from "zod";
import { freshDatabase } from "../../test/support/database.ts";
import { until } from "../../test/support/wait.ts";
import { startAdmin, type TestAdmin } from "../testing/admin.ts";
import { handling, startBot, type TestBot } from "../testing/bot.ts";
import { startFakeApi, type FakeApi } from "../testing/fake-api.ts";
import { message, person } from "../testing/updates.ts";
import { addJob } from "../database/jobs.ts";

const servers = inject("servers");
let api: FakeApi;
let bot: TestBot;
let admin: TestAdmin;
/** What the handler of the bot does. */
let work: () => Promise<void> = () => Promise.resolve();

beforeAll(async () => {
  const database = await freshDatabase(servers.postgres);
  api = await startFakeApi();
  bot = await startBot({
    servers,
    database,
    apiUrl: api.url,
    handler: handling(async (ctx) => {
      await work();
      await ctx.reply("done");
    }),
  });
  admin = await startAdmin({ servers, database, unitOfWork: bot.unitOfWork });
});
afterAll(async () => {
  await admin.close();
  await bot.close();
  await api.close();
});
beforeEach(() => {
  work = () => Promise.resolve();
});

const jobs = z.object({ jobs: z.array(z.looseObject({ id: z.number(), state: z.string() })) });

describe("a job", () => {
  const add = async (userId: number, more = "") => {
    const payload = { locale: "en" };
    const id = await addJob(bot.database.query, { kind: "my_data", userId, payload });
    if (more !== "") await admin.sql(`UPDATE jobs SET ${more} WHERE id = ${id}`);
    return id ?? 0;
  };

  it("is listed without what it works on, by kind and state", async () => {
    const [failed, waiting] = [
      await add(1, "outcome = 'failed', ended_at = now(), error = 'x'"),
      await add(1),
    ];
    const list = async (query: string) => jobs.parse((await admin.ask(`GET /api/jobs${query}`)).json()).jobs;
    expect(await list("?state=failed")).toEqual([expect.objectContaining({ id: failed, error: "x" })]);
    expect((await list("?kind=my_data")).map(({ id }) => id)).toEqual([waiting, failed]);
    expect(await list("?kind=purge")).toEqual([]);
    expect(Object.keys((await list(""))[0] ?? {})).not.toContain("payload");
  });

  it("that failed begins anew, one that waits begins now, and others are left alone", async () => {
    const failed = await add(2, "outcome = 'failed', ended_at = now(), attempts = 5");
    const later = await add(2, "run_at = now() + interval '1 hour'");
    for (const id of [failed, later])
      expect((await admin.ask(`POST /api/jobs/${id}/retry`)).status).toBe(200);
    const due = "ended_at IS NULL AND attempts = 0 AND run_at <= now()";
    expect(await admin.sql(`SELECT FROM jobs WHERE user_id = 2 AND ${due}`)).toHaveLength(2);
    for (const more of [
      "outcome = 'done', ended_at = now()",
      "outcome = 'cancelled', ended_at = now()",
      "lease = gen_random_uuid(), leased_until = now() + interval '30 seconds'",
    ])
      expect((await admin.ask(`POST /api/jobs/${await add(3, more)}/retry`)).status).toBe(409);
  });

  it("that is cancelled ends, and its person is told, once", async () => {
    const ada = person();
    const id = await add(ada.id);
    const answers = await Promise.all([1, 2, 3].map(() => admin.ask(`POST /api/jobs/${id}/cancel`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect(await admin.sql(`SELECT outcome FROM jobs WHERE id = ${id}`)).toEqual([{ outcome: "cancelled" }]);
    expect(await admin.sql(`SELECT FROM outbox WHERE chat_id = ${ada.id}`)).toHaveLength(1);
  });
});

describe("a dead letter", () => {
  const bury = async () => {
    const ada = person();
    const update = message(ada, "poison");
    await admin.sql(
      `INSERT INTO dead_letters (update_id, user_id, body, error)
       VALUES (${update.update_id}, ${ada.id}, '${JSON.stringify(update)}', 'x')`,
    );
    return { id: update.update_id, chat: ada.id };
  };
  const left = (id: number) => admin.sql(`SELECT FROM dead_letters WHERE update_id = ${id}`);

  it("is listed without what the person wrote", async () => {
    const { id } = await bury();
    const { text } = await admin.ask("GET /api/dead-letters");
    expect(text).toContain(`"update_id":${id}`);
    expect(text).not.toContain("poison");
  });

  it("is done once, however many ask at once, and every try is in the audit", async () => {
    const { id, chat } = await bury();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => admin.ask(`POST /api/dead-letters/${id}/replay`)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404, 404]);
    await until("it is answered", () => api.texts(chat).length > 0);
    expect(api.texts(chat)).toEqual(["done"]);
    expect(await left(id)).toEqual([]);
    const entries = await admin.sql(
      `SELECT result FROM audit WHERE action LIKE '%replay' AND parameters = '{"id":${id}}'`,
    );
    expect(entries.map(({ result }) => result).sort()).toEqual([
      ...["200", "404", "404", "404", "404"],
      ...Array.from({ length: 5 }, () => "begun"),
    ]);
  });

  it("that fails again stays, with no effect", async () => {
    const { id, chat } = await bury();
    work = () => Promise.reject(new Error("still broken, with planted words"));
    const { status, text } = await admin.ask(`POST /api/dead-letters/${id}/replay`);
    expect(status).toBe(409);
    expect(text).not.toContain("planted");
    expect(await left(id)).toHaveLength(1);
    work = () => Promise.resolve();
    expect((await admin.ask(`POST /api/dead-letters/${id}/replay`)).status).toBe(200);
    await until("it is answered", () => api.texts(chat).length > 0);
  });

  it("that is no update is refused", async () => {
    await admin.sql("INSERT INTO dead_letters (update_id, user_id, body, error) VALUES (1, 1, '{}', 'x')");
    expect((await admin.ask("POST /api/dead-letters/1/replay")).status).toBe(409);
    expect(await left(1)).toHaveLength(1);
  });
});

describe("maintenance", () => {
  it("tells people a line instead of working, until it ends", async () => {
    const put = (body: object) => admin.ask("PUT /api/system/maintenance", "operator", body);
    const ada = person();
    expect((await put({ on: true, text: "Back at noon." })).json()).toMatchObject({
      on: true,
      text: "Back at noon.",
    });
    await until("the bot knows", async () => {
      await bot.deliver(message(ada, "hello"));
      return api.texts(ada.id).includes("Back at noon.");
    });
    const { since } = z
      .object({ since: z.string() })
      .parse((await admin.ask("GET /api/system/maintenance")).json());
    expect((await put({ on: true })).json()).toEqual({ on: true, text: null, since });
    expect((await put({ on: false, text: "kept?" })).json()).toEqual({ on: false, text: null, since: null });
    const bob = person();
    await until("the bot works", async () => {
      await bot.deliver(message(bob, "hello"));
      return api.texts(bob.id).includes("done");
    });
  });
});

describe("the cache", () => {
  const clear = (body: object) => admin.ask("POST /api/cache/clear", "operator", body);
  const fill = () => admin.ask("POST /api/cache/warm-up", "operator");

  it("is warmed up and cleared by a pattern, all of it only when that is meant", async () => {
    expect((await fill()).status).toBe(200);
    for (const pattern of ["*", "**", "*:*", "?*"]) {
      const { status, json } = await clear({ pattern });
      expect(status).toBe(400);
      expect(json()).toMatchObject({ detail: expect.stringContaining('"confirm": true') as unknown });
    }
    expect((await clear({ pattern: "popular:*" })).json()).toEqual({ cleared: 2 });
    expect((await clear({ pattern: "*", confirm: true })).json()).toEqual({ cleared: 4 });
    expect((await clear({ pattern: "search:*" })).json()).toEqual({ cleared: 0 });
  });

  it.each(["", "a b", "[a-z]", "\\*", "x".repeat(101), "ключ", "a\nb"])(
    "takes no pattern %j",
    async (pattern) => {
      expect((await clear({ pattern })).status).toBe(400);
    },
  );
});

it("numbers of database, schedules, people and processes are those that are there", async () => {
  const of = async (path: string) => (await admin.ask(`GET ${path}`, "viewer")).json();
  expect(await of("/admin/db_metrics")).toMatchObject({
    pool: { size: 10 },
    tables: expect.arrayContaining([expect.objectContaining({ name: "jobs" })]) as unknown,
  });
  expect(await of("/admin/scheduler_status")).toMatchObject({
    schedules: expect.arrayContaining([
      expect.objectContaining({ kind: "purge", outcome: "never" }),
    ]) as unknown,
  });
  await admin.sql("INSERT INTO users (id, is_searching) VALUES (7, true)");
  expect(await of("/api/system/statistics")).toMatchObject({ people: 1, people_searching: 1, stars_30d: 0 });
  const lease = "lease = gen_random_uuid(), leased_until = now() + interval '30 seconds', began_at = now()";
  const id = await addJob(bot.database.query, { kind: "csv" });
  await admin.sql(`UPDATE jobs SET ${lease} WHERE id = ${id}`);
  expect(await of("/api/system/processes")).toMatchObject({
    pid: process.pid,
    running_jobs: expect.arrayContaining([expect.objectContaining({ id, kind: "csv" })]) as unknown,
  });
});
